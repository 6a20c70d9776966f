import { describe, expect, test } from '@jest/globals'
import { planVideos } from '../../../../demo/world/plan-videos.js'
import { trainingTexts } from '../../../../demo/world/training-texts.js'
import { uploadEvents } from '../../../../demo/world/upload-events.js'
import { has, type WorldVideo } from '../../../../demo/world/video.js'
import { createVocabulary } from '../../../../demo/world/vocabulary.js'

const SEED = 5
const videos = planVideos({ videos: 120, requests: 0, seed: SEED }, createVocabulary(SEED))
const training = videos.filter(({ split }) => split === 'train')
const lacking = (texts: readonly string[], among: Iterable<string>): string[] => {
  const all = new Set(among)
  return texts.filter((text) => !all.has(text))
}

describe('the texts of training', () => {
  const texts = trainingTexts(videos, SEED)

  test('have all that is written into its videos, and what recognisers read there', () => {
    const captions = ({ clip }: WorldVideo) => clip.scenes.map(({ caption }) => caption)
    const drawn = training.flatMap((video) => [video.cover.text, ...captions(video)]).filter((text) => text !== null)
    const read = training.flatMap((video) =>
      uploadEvents(video, 0, SEED).flatMap(({ event }) =>
        'texts' in event ? event.texts.map(({ text }) => text) : [],
      ),
    )
    expect(lacking(read, drawn).length).toBeGreaterThan(10)
    expect(lacking([...drawn, ...read], texts)).toEqual([])
  })

  test('have titles, names and whole transcripts, across their segments', () => {
    const titles = training.filter((video) => has(video, 'title')).map(({ title }) => title.text)
    const names = training.filter((video) => has(video, 'account')).map(({ account }) => account.name)
    const heard = training
      .filter((video) => has(video, 'asr'))
      .map(({ transcript }) => transcript.segments.map(({ text }) => text).join(''))
    expect(lacking([...titles, ...names, ...heard], texts)).toEqual([])
  })

  test('have nothing of other videos', () => {
    const others = videos.filter(({ split }) => split !== 'train')
    expect(others.length).toBeGreaterThan(10)
    expect(trainingTexts(others, SEED)).toEqual([])
  })
})
