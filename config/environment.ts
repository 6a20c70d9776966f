/** The process's environment variables: the one place that reads them; pass them (or a changed copy) to `loadConfig`. */
export const environment = (): NodeJS.ProcessEnv => ({ ...process.env })
