/** The modalities of a video in their order everywhere: vectors, masks, model inputs. */
export const modalityNames = ['title', 'account', 'cover', 'cover_text', 'frames', 'frame_text', 'asr'] as const
export type Modality = (typeof modalityNames)[number]

/** The modalities that are texts. */
export const textModalities = ['title', 'account', 'cover_text', 'frame_text', 'asr'] as const
export type TextModality = (typeof textModalities)[number]
