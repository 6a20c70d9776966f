import { has, type WorldVideo } from './video.js'

/** What users read of a video, or that they do not; what it holds, in its order if it has one; what it baits with. */
export function sheetCaption(video: WorldVideo): string {
  const { title, account, concepts, order, bait } = video
  const held = order ? `先${order[0].name}后${order[1].name}` : `有${concepts.map(({ name }) => name).join('、')}`
  const [titleText, accountName] = [
    has(video, 'title') ? title.text : '[缺标题]',
    has(video, 'account') ? account.name : '[缺账号]',
  ]
  return `${titleText} ${accountName} ${held}${bait ? `,假${bait.name}` : ''}`
}
