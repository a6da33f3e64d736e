/* An SQL console: DuckDB in the browser, from the site's own files; rows come from hyparquet by way of Arrow. */
import * as duckdb from "@duckdb/duckdb-wasm"
import { tableFromArrays, tableToIPC } from "apache-arrow"

window.lakewardConsole = async (root) => {
  const worker = new Worker(`${root}assets/duckdb-browser-eh.worker.js`)
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker)
  await database.instantiate(new URL(`${root}assets/duckdb-eh.wasm`, location.href).href)
  const connection = await database.connect()
  return {
    insert: (name, columns) => connection.insertArrowFromIPCStream(tableToIPC(tableFromArrays(columns), "stream"), { name, create: true }),
    query: async (text) => {
      const found = await connection.query(text)
      return { columns: found.schema.fields.map((field) => field.name), rows: found.toArray().map((row) => row.toJSON()) }
    },
  }
}
