export { loadNative, stackPath, unavailable } from './load.js'
export * from './luna-layout.js'
export { type DpdkHost, type DpdkHostOptions, type Native, type NativeError, PollBit } from './native.js'
export { lendRuntimeFolder } from './runtime-folder.js'
