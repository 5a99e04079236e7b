// The parts of systeminformation that are used, each by its own file: the package as a whole would also bring along
// what looks for wireless networks, batteries and containers, and every boot would carry it.

declare module 'systeminformation/lib/system.js' {
  export const system: typeof import('systeminformation').system
}
declare module 'systeminformation/lib/cpu.js' {
  export const cpu: typeof import('systeminformation').cpu
}
declare module 'systeminformation/lib/memory.js' {
  export const mem: typeof import('systeminformation').mem
}
declare module 'systeminformation/lib/filesystem.js' {
  export const blockDevices: typeof import('systeminformation').blockDevices
}
