import type { EventName, Events } from '../../schemas/events.js'
import { sampleEvents } from './sample-events.js'

const { OcrRecognized, RequestClosed, ResultsShown } = sampleEvents

/** Every event with null in every field that may be null: the compiler checks it against schemas/events.ts. */
export const bareEvents: { [Name in EventName]: Events[Name] } = {
  ...sampleEvents,
  VideoUploaded: { ...sampleEvents.VideoUploaded, cover_uri: null, media_uri: null, duration_ms: null, deleted: false },
  OcrRecognized: { ...OcrRecognized, source: 'cover', texts: [{ text: '', at_ms: null, confidence: null }] },
  ResultsShown: {
    ...ResultsShown,
    query: '',
    results: [{ video_id: 'v1', position: 1, duration_ms: null }],
    variants: {},
    model_set: null,
    served_features_at: null,
  },
  ResultClicked: { ...sampleEvents.ResultClicked, position: null },
  VideoWatched: { ...sampleEvents.VideoWatched, duration_ms: null, autoplay: false },
  RequestClosed: {
    ...RequestClosed,
    model_set: null,
    served_features_at: null,
    outcomes: [{ ...RequestClosed.outcomes[0]!, first_click_at: null, duration_ms: null, completion: null }],
  },
  TileCounted: { ...sampleEvents.TileCounted, query: null },
  TrainingSample: { ...sampleEvents.TrainingSample, quantile: null, calibration: null },
  DeadLettered: { ...sampleEvents.DeadLettered, key: null, value: null },
}
