import { cutOff, firstSentences, textOf } from '../key-sentences/extract.js'
import { keySentences } from '../key-sentences/key-sentences.js'
import type { Lexicon } from '../key-sentences/lexicon.js'
import { charactersOf, cutText, type TextKind } from '../text-budgets.js'
import type { Split } from '../world/truth.js'
import type { CatalogVideo } from '../world/video-catalog.js'

/** A video as training reads it: one JSON line; null where a modality is missing. */
export interface VideoLine {
  readonly video_id: string
  readonly split: Split
  readonly title: string | null
  readonly account: string | null
  readonly cover_text: string | null
  readonly frame_text: string | null
  /** Key sentences, the first sentences and the beginning of the transcript, all within the same limit. */
  readonly asr: string | null
  readonly asr_first: string | null
  readonly asr_all: string | null
  /** Absolute paths. */
  readonly cover: string | null
  readonly clip: string | null
}

/** What a model sees of a video, cut to what it reads. */
export function videoLine(video: CatalogVideo, split: Split, lexicon: Lexicon): VideoLine {
  const { video_id, title, account, cover_text, frame_text, cover, clip, segments } = video
  const maxCharacters = charactersOf('asr')
  return {
    video_id,
    split,
    title: cut('title', title),
    account: cut('account', account),
    cover_text: cut('cover_text', cover_text),
    frame_text: cut('frame_text', frame_text),
    asr: segments && textOf(keySentences(title ?? '', segments, { maxCharacters, lexicon })),
    asr_first: segments && textOf(firstSentences(segments, maxCharacters)),
    asr_all: segments && cutOff(segments, maxCharacters),
    cover,
    clip,
  }
}

const cut = (kind: TextKind, text: string | null): string | null => text && cutText(text, charactersOf(kind))
