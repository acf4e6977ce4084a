import { describe, expect, it } from 'vitest'
import { lostMemory, reportTitle, reportWords } from '../../src/flight/sanitizer-report.js'

const addon = '(/opt/lunadrill/lunadrill_dpdk.node+0x20c0c)'
const report = `=================================================================
==16039==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000695714 at pc 0x7fa5 bp 0x7fa6 sp 0x7fa7
READ of size 4 at 0x602000695714 thread T12
    #0 0x7fa5e1e7258e in use_freed /src/stack.c:16
    #1 0x7fa5e59d4c0c in lunadrill::StackCall::Enter(luna_stack_v1 const&) ${addon}
    #2 0xc45d94 in node::Something() (/usr/bin/node+0xc45d94)

0x602000695714 is located 4 bytes inside of 8-byte region [0x602000695710,0x602000695718)
freed by thread T12 here:
    #0 0x7fa64e6b76a8 in __interceptor_free ../../asan_malloc_linux.cpp:52
    #1 0x7fa5e1e72546 in forget /src/stack.c:11
    #2 0x7fa5e59d4c0c in lunadrill::StackCall::Enter(luna_stack_v1 const&) ${addon}

Thread T12 created by T0 here:
    #0 0x7f9926449726 in __interceptor_pthread_create ../../asan_interceptors.cpp:207

SUMMARY: AddressSanitizer: heap-use-after-free /src/stack.c:16 in use_freed
Shadow bytes around the buggy address:
  0x0c04800caa90: fa fa fd fa
==16039==ABORTING
`

describe('a report of AddressSanitizer', () => {
  const words = reportWords(report)

  it('is reduced to the frames of the stack', () => {
    expect(words.split('\n')).toEqual([
      'AddressSanitizer: heap-use-after-free on address 0x602000695714',
      'READ of size 4 at 0x602000695714 thread T12',
      '    #0 0x7fa5e1e7258e in use_freed /src/stack.c:16',
      '',
      '0x602000695714 is located 4 bytes inside of 8-byte region [0x602000695710,0x602000695718)',
      'freed by thread T12 here:',
      '    #0 0x7fa64e6b76a8 in __interceptor_free ../../asan_malloc_linux.cpp:52',
      '    #1 0x7fa5e1e72546 in forget /src/stack.c:11',
    ])
  })

  it('has its first line as its title', () => {
    expect(reportTitle(words)).toBe('AddressSanitizer: heap-use-after-free on address 0x602000695714')
  })
})

describe('a report of LeakSanitizer', () => {
  const lost = `
=================================================================
==20289==ERROR: LeakSanitizer: detected memory leaks

Direct leak of 16 byte(s) in 1 object(s) allocated from:
    #0 0x7f52 in __interceptor_malloc ../../asan_malloc_linux.cpp:69
    #1 0x7f53 in connect_one /src/stack.c:12
    #2 0x7f54 in lunadrill::StackCall::Enter(luna_stack_v1 const&) ${addon}
    #3 0xc45d94 in node::Something() (/usr/bin/node+0xc45d94)

SUMMARY: AddressSanitizer: 116 byte(s) leaked in 2 allocation(s).
`

  it('is reduced to the frames of the stack, and tells how much is lost', () => {
    expect(reportWords(lost).split('\n')).toEqual([
      'LeakSanitizer: detected memory leaks',
      '',
      'Direct leak of 16 byte(s) in 1 object(s) allocated from:',
      '    #0 0x7f52 in __interceptor_malloc ../../asan_malloc_linux.cpp:69',
      '    #1 0x7f53 in connect_one /src/stack.c:12',
    ])
    expect(lostMemory(lost)).toBe(116)
    expect(lostMemory('')).toBeNull()
  })
})

describe('a report of UBSan', () => {
  it('gives a title without its place', () => {
    const words = reportWords('/src/a stack.c:7:65: runtime error: division by zero\n')
    expect(words).toBe('/src/a stack.c:7:65: runtime error: division by zero')
    expect(reportTitle(words)).toBe('UndefinedBehaviorSanitizer: division by zero')
  })
})

describe('what the C library says', () => {
  it('stays as it is, and is no title', () => {
    const words = reportWords('free(): invalid pointer\n')
    expect(words).toBe('free(): invalid pointer')
    expect(reportTitle(words)).toBeNull()
    expect(reportTitle(null)).toBeNull()
  })
})
