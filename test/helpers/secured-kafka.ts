import { execFile } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { startOwnedChild } from '../../stores/child-process.js'
import { brokerProperties } from '../../stores/kafka/broker-properties.js'
import { kafkaPom } from '../../stores/kafka/local-broker.js'
import { fetchByMaven } from '../../stores/maven.js'
import { freePort } from '../../stores/ports.js'

const keytool = (...args: string[]) => promisify(execFile)('keytool', args)
const PASSWORD = 'changeit'

/** A broker as companies run it: TLS with a private authority, and a login. */
export async function startSecuredKafka(folder: string) {
  const cacheDir = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kinora')
  const logger = pino({ level: 'silent' })
  const jars = await fetchByMaven({ name: 'kafka', pom: kafkaPom(), cacheDir, logger, take: 'jars' })
  const [port, controllerPort, securePort] = [await freePort(), await freePort(), await freePort()]
  const { keystore, authority } = await certify(folder)
  const secured = {
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort},SASL_SSL://127.0.0.1:${securePort}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
    'ssl.keystore.type': 'PKCS12',
    'ssl.keystore.location': keystore,
    'ssl.keystore.password': PASSWORD,
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl_ssl.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_kinora="secret";',
  }
  const plain = brokerProperties({ dataDir: join(folder, 'data'), port, controllerPort })
  const kept = plain.split('\n').filter((line) => !Object.keys(secured).some((key) => line.startsWith(`${key}=`)))
  const added = Object.entries(secured).map(([key, value]) => `${key}=${value}`)
  const properties = join(folder, 'server.properties')
  await writeFile(properties, [...kept, ...added, ''].join('\n'))
  await mkdir(join(folder, 'data'))
  await writeFile(join(folder, 'data', 'meta.properties'), 'version=1\ncluster.id=secured\nnode.id=1\ndirectory.id=c2VjdXJlZEJyb2tlci0tLQ\n') // prettier-ignore
  const classPath = (await readdir(jars)).filter((name) => name.endsWith('.jar')).map((name) => join(jars, name))
  const broker = await startOwnedChild({
    command: 'java',
    args: ['-Xmx256m', '-cp', classPath.join(':'), 'kafka.Kafka', properties],
    cwd: folder,
    logFile: join(folder, 'kafka.log'),
  })
  return { broker, brokers: `127.0.0.1:${securePort}`, authority }
}

/** A key for 127.0.0.1, and its certificate as the authority to trust. */
async function certify(folder: string): Promise<{ keystore: string; authority: string }> {
  const [keystore, authority] = [join(folder, 'broker.p12'), join(folder, 'authority.pem')]
  const store = ['-keystore', keystore, '-storepass', PASSWORD, '-alias', 'broker']
  const key = ['-keyalg', 'RSA', '-storetype', 'PKCS12', '-dname', 'CN=broker', '-ext', 'san=ip:127.0.0.1']
  await keytool('-genkeypair', ...store, ...key)
  await keytool('-exportcert', '-rfc', '-file', authority, ...store)
  return { keystore, authority }
}
