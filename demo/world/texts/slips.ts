import { pinyin } from 'pinyin-pro'
import { codePoints } from '../../../models/code-points.js'
import { pick, type Random } from '../../random.js'
import { worldParameters } from '../parameters.js'

/** Characters that look alike in print: a recogniser of pictures takes one for another. */
const lookalikes = table(`
  己已巳 未末木 土士工 人入八 日曰目 大太犬天 王玉主五 牛午千干 贝见 鸟乌马 刀力万 白自百 今令 田由甲申 口回囗 门们问 水永冰
  风凤 车东 子了孑 手毛 山出 火灭 心必 小少 中申 上止 下卜 的旳 看着 说讯 这过 来米 合台 特持 全金 教救 时对 有冇 真直 好妤
  生主 高亮 会公 热执 包句 球求 机札 包色 花化 狗拘 猫描 鱼角 虾蚂 菜采 面而 饭饮 饼并 奶扔 酒洒 房庐 桥娇 汽气 飞乙 船般
  太大 星里 云去 雨两 烟咽 灯打 书节 笔毫 纸低 钱线 刀刃 剪前 锤钟 镜境 药约 床庆 鼓豉 琴琵 戏找 画面 帽冒 鞋革 裙君 包抱
`)

function table(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const group of text.trim().split(/\s+/))
    for (const one of group)
      found.set(one, [...(found.get(one) ?? []), ...codePoints(group).filter((other) => other !== one)])
  return found
}

/** The characters that sound like another. */
export type Homophones = ReadonlyMap<string, readonly string[]>

/** The characters of some texts that sound alike, whatever their tones. */
export function homophonesOf(texts: readonly string[]): Homophones {
  const characters = [...new Set(texts.join(''))].filter((each) => /\p{Script=Han}/u.test(each))
  const bySound = new Map<string, string[]>()
  for (const each of characters) {
    const sound = pinyin(each, { toneType: 'none' })
    bySound.set(sound, [...(bySound.get(sound) ?? []), each])
  }
  return new Map(
    [...bySound.values()].flatMap((alike) => alike.map((one) => [one, alike.filter((each) => each !== one)])),
  )
}

/** What a recogniser of speech makes of it: now and then another character that sounds the same. */
export function misheard(text: string, homophones: Homophones, random: Random): string {
  return codePoints(text)
    .map((each) => slipped(each, homophones, worldParameters.slips.homophone, random))
    .join('')
}

/** What a recogniser of pictures makes of it: now and then a lookalike, or nothing. Never nothing at all. */
export function misread(text: string, random: Random): string {
  const { lookalike, lost } = worldParameters.slips
  const read = codePoints(text)
    .map((each) => (random() < lost ? '' : slipped(each, lookalikes, lookalike, random)))
    .join('')
  return read === '' ? text : read
}

function slipped(
  character: string,
  others: ReadonlyMap<string, readonly string[]>,
  share: number,
  random: Random,
): string {
  const alike = others.get(character) ?? []
  return random() < share && alike.length > 0 ? pick(random, alike) : character
}
