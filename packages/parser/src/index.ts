export * from './ast/nodes.js'
