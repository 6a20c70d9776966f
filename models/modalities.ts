/** The modalities of a video in their order everywhere: vectors, masks, model inputs. */
export const modalityNames = ['title', 'account', 'cover', 'cover_text', 'frames', 'frame_text', 'asr'] as const
export type Modality = (typeof modalityNames)[number]

/** What users see of a video before they click; in the order above. */
export const perceptionModalities = ['title', 'account', 'cover', 'cover_text'] as const satisfies readonly Modality[]

/** The modalities that are texts. */
export const textModalities = ['title', 'account', 'cover_text', 'frame_text', 'asr'] as const
export type TextModality = (typeof textModalities)[number]
