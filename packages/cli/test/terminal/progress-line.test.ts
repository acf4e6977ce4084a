import { expect, it } from 'vitest'
import { progressLine } from '../../src/terminal/progress-line.js'

function written(isTTY: boolean): { text: () => string; progress: ReturnType<typeof progressLine> } {
  let all = ''
  const write = (text: string | Uint8Array) => {
    all += text
    return true
  }
  const stream = { isTTY, columns: 30, write }
  return { text: () => all, progress: progressLine(stream) }
}

it('is one line that changes on a terminal, cut to its width', () => {
  const { text, progress } = written(true)
  progress.begin('compiling')
  progress.show(50, 200, 'net/ipv4/a-very-long-name-of-a-file.o')
  progress.end()
  expect(text()).toBe('\r\x1b[Kcompiling\n\r\x1b[K  25 %  net/ipv4/a-very-long-\r\x1b[K')
})

it('is a line now and then elsewhere, and never claims to be done', () => {
  const { text, progress } = written(false)
  for (let done = 1; done <= 300; done++) progress.show(done, 200, `${done}.o`)
  progress.end()
  expect(text()).toBe('  50 %  100.o\n  99 %  200.o\n  99 %  300.o\n')
})
