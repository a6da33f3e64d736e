/* What the portal uses of hyparquet, as one script; releases are zstd, so of decompressors only that one. */
import { decompress } from "fzstd"
export { parquetMetadataAsync, parquetScan, readOffsetIndex } from "hyparquet"
export const compressors = { ZSTD: (input, length) => decompress(input, new Uint8Array(length)) }
