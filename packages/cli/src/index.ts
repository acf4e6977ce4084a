// The commands as functions; dist/main has the programs. Nothing imports this package.
export { lunadrillCommand } from './command/lunadrill.js'
export { packetdrillCommand } from './command/packetdrill.js'
