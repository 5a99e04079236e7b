export function gzip(bytes: Uint8Array): Buffer
export function gunzip(bytes: Uint8Array, limit: number): Buffer
