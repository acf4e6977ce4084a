import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { SYN, tcp } from '../../../test/support/segment.js'
import { loadNative, stackPath } from '../src/index.js'
import { buildStack } from './stacks/build.mjs'
import { codeOf, messageOf, missing, openBench } from './support/host.js'

const named = missing ? `loading of stack objects (skipped: ${missing})` : 'loading of stack objects'
const scratch = mkdtempSync(join(tmpdir(), 'luna-stack-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const open = (name: string, overrides = {}) => openBench({ soPath: buildStack(name), ...overrides })
const failure = (soPath: string, overrides = {}) => ({
  code: codeOf(() => openBench({ soPath, ...overrides })),
  message: messageOf(() => openBench({ soPath, ...overrides })),
})

describe.skipIf(missing)(named, () => {
  it('names a file that is not there', () => {
    const { code, message } = failure('/nowhere/libluna.so')
    expect(code).toBe('LD_STACK_NOT_FOUND')
    expect(message).toContain('/nowhere/libluna.so')
  })

  it("passes the loader's words on for a file that is no shared object", () => {
    const path = join(scratch, 'text.so')
    writeFileSync(path, 'not an object')
    const { code, message } = failure(path)
    expect(code).toBe('LD_STACK_NOT_ELF')
    expect(message).toMatch(/text\.so: .*(too short|invalid ELF header)/)
  })

  it.each([
    ['no-symbol', 'LD_STACK_SYMBOL', /exports no luna_stack_v1, and no packetdrill_interface_init either$/],
    ['packetdrill-echo', 'LD_STACK_CLOCK', /has a clock of its own .*: use --clock=wall$/],
    ['null-function', 'LD_STACK_SYMBOL', /a null where a function should be/],
    ['declares-control', 'LD_STACK_SYMBOL', /declares LUNA_CAP_CONTROL, and sendmsg or recvmsg is null/],
    ['small-mtu', 'LD_UNSUPPORTED', /^stack lacks room for an MTU of 1500: it takes 1280 at most$/],
    ['short-table', 'LD_STACK_VERSION', /its table has 232 octets instead of 240 or more/],
    ['wrong-version', 'LD_STACK_VERSION', /has version 2\.1 of luna_stack_v1's interface, lunadrill has 1\.1/],
    ['init-fails', 'LD_STACK_INIT', /quiet refuses to start: init: Cannot allocate memory/],
    ['own-clock', 'LD_STACK_CLOCK', /use --clock=wall/],
  ])('refuses %s with %s', (name, wanted, words) => {
    const { code, message } = failure(buildStack(name))
    expect(code).toBe(wanted)
    expect(message).toMatch(words)
  })

  it('loads an object of version 1.0, and reads what came later as absent', () => {
    const { host, call, close } = open('version-1-0')
    expect(host.stack()).toEqual({ name: 'quiet', version: '0', abiMinor: 0, capabilities: 0b0011_0101n })
    expect(call('listen', { fd: 3 }).result).toBe(0)
    expect(codeOf(() => call('ioctl', { fd: 3, args: [0x8905, 1] }))).toBe('LD_UNSUPPORTED')
    close()
  })

  it('looks at no more of a newer minor version than it knows', () => {
    const { host, call, close } = open('newer-minor')
    expect(host.stack().abiMinor).toBe(99)
    expect(call('listen', { fd: 3 }).result).toBe(0)
    close()
  })

  it('runs a stack with its own clock in wall time', () => {
    const { call, close } = open('own-clock', { clock: 'wall' })
    expect(call('listen', { fd: 3 }).result).toBe(0)
    close()
  })

  it('unloads the built-in stack and its library between two runs', () => {
    const soPath = join(scratch, 'libluna.so')
    copyFileSync(stackPath('libluna.so'), soPath)
    for (let i = 0; i < 3; i++) {
      openBench({ soPath }).close()
      expect(process.report.getReport()).not.toMatchObject({
        sharedObjects: expect.arrayContaining([expect.stringMatching(/libluna|liblwip/)]),
      })
    }
  })

  it('fails rather than reuse a stack that does not leave the process', () => {
    const soPath = buildStack('stays-loaded')
    openBench({ soPath }).close()
    expect(failure(soPath)).toMatchObject({
      code: 'LD_STACK_STALE',
      message: expect.stringContaining('stays-loaded.so'),
    })
    // Others are not concerned.
    open('quiet').close()
  })

  it("is spent when its runs have kept a quarter of EAL's memory", () => {
    open('quiet').close()
    const spent = [1, 2, 3, 4, 5].map(() => {
      const { host, close } = open('keeps-memory')
      close()
      return host.spent()
    })
    expect(spent).toEqual([false, false, false, false, true])
  })

  it('resets a stack that can be reset, and takes it anew for another setup', () => {
    const resets = (overrides = {}) => {
      const { call, close } = open('resets', overrides)
      const record = call('poll', { args: [1, 0], data: new Uint8Array(Int32Array.of(3, 0x7fe0).buffer) })
      close()
      return new DataView(record.data.buffer).getInt16(6, true) >> 8
    }
    expect([resets(), resets(), resets()]).toEqual([0, 1, 2])
    expect(resets({ mtu: 1400 })).toBe(0)
    expect(resets({ mtu: 1400 })).toBe(1)
  })

  it('counts the packets that a stack keeps, and gives the next run all it needs', () => {
    for (let i = 0; i < 3; i++) {
      const { inject, close } = open('leaks')
      for (let n = 0; n < 1500; n++) inject(tcp({ sourcePort: 40000, flags: SYN, seq: n }))
      expect(close()).toBeGreaterThan(1000)
    }
    const { inject, listener, sniffed, close } = openBench()
    listener()
    inject(tcp({ sourcePort: 40000, flags: SYN, seq: 0 }))
    expect(sniffed()).toBeDefined()
    expect(close()).toBe(0)
  })

  it('does not advance where nothing will ever happen', () => {
    const { advance, startBlocking, close } = open('quiet')
    expect(advance(Number.POSITIVE_INFINITY)).toBe(0)
    expect(advance(5e15)).toBe(5e15)
    expect(startBlocking('accept', { fd: 3 })).toBeUndefined()
    expect(advance(Number.POSITIVE_INFINITY, 'returned')).toBe(5e15)
    close()
  })
})

describe.skipIf(missing)('arguments of the addon', () => {
  it('refuses a second host while one lives, and a host that is closed', () => {
    const { host, close } = openBench()
    expect(codeOf(() => openBench())).toBe('LD_BUSY')
    close()
    expect(host.close()).toBe(0)
    expect(codeOf(() => host.poll())).toBe('LD_CLOSED')
    openBench().close()
  })

  it('initialises EAL once, with one set of arguments', () => {
    openBench().close()
    expect(codeOf(() => loadNative().initEal([]))).toBe('none')
    expect(codeOf(() => loadNative().initEal(['--no-pci']))).toBe('LD_EAL')
    expect(codeOf(() => loadNative().initEal([1] as unknown as string[]))).toBe('LD_ARGUMENT')
  })

  it.each([
    [{ localIp: '300.0.0.1' }],
    [{ gatewayIp: '::1' }],
    [{ gatewayIp: '192.168.0.2' }],
    [{ prefixLength: 33 }],
    [{ mtu: 67 }],
    [{ mtu: 9001 }],
    [{ soPath: 'libluna.so' }],
    [{ clock: 'sundial' as 'wall' }],
  ])('refuses %o', (overrides) => {
    expect(codeOf(() => openBench(overrides))).toBe('LD_ARGUMENT')
  })

  it('refuses a channel of another layout, or none', () => {
    openBench().close()
    const { DpdkHost } = loadNative()
    const options = {
      soPath: stackPath('libluna.so'),
      stackOptions: '',
      clock: 'virtual' as const,
      localIp: '192.168.0.2',
      prefixLength: 16,
      gatewayIp: '192.168.0.1',
      remoteIp: '192.0.2.1',
      mtu: 1500,
    }
    const memory = () => new Uint8Array(new SharedArrayBuffer(8 << 20))
    expect(codeOf(() => new DpdkHost({ ...options, channel: memory(), admin: memory() }))).toBe('LD_LAYOUT')
    expect(codeOf(() => new DpdkHost({ ...options, channel: new Uint8Array(8), admin: memory() }))).toBe('LD_ARGUMENT')
  })
})
