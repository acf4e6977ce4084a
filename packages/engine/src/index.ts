export * from './host/layout.js'
