import { expect, it } from 'vitest'
import { event, script } from '../support/parse.js'

it('is taken verbatim, with its backslashes and newlines', () => {
  expect(event('0 `echo \\` "x"\n$HOME`').action).toEqual({
    type: 'command',
    text: 'echo \\` "x"\n$HOME',
    span: { start: 2, end: 21 },
  })
})

it('may come from a define', () => {
  const { events, cleanup } = script('0 C\nC', { defines: new Map([['C', '`true`']]) })
  expect(events[0]?.action).toMatchObject({ type: 'command', text: 'true' })
  expect(cleanup?.text).toBe('true')
})
