export * from './luna-layout.js'
