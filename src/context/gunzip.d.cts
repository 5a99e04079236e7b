/** Unpacks gzip (RFC 1952) of at most `limit` bytes; throws if it is none or holds more. */
export declare function gunzip(bytes: Uint8Array, limit: number): Buffer
