export { addonPath, loadNative, memifProgram, sanitizerObject, stackPath, unavailable } from './load.js'
export * from './luna-layout.js'
export {
  type DpdkHost,
  type DpdkHostOptions,
  type DpdkPort,
  type Leaks,
  type Native,
  type NativeError,
  PollBit,
  type TesterTap,
} from './native.js'
export { lendRuntimeFolder } from './runtime-folder.js'
export { type TemplateFile, templateFiles } from './template.js'
