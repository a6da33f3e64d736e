/* DuckDB for browsers, all of it from the site itself. Its reader of Parquet would be fetched from elsewhere, so rows
   come as columns of values and go in as Arrow. */
import * as duckdb from "@duckdb/duckdb-wasm"
import { Bool, DateDay, Float64, Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow"

const types = { number: () => new Float64(), plain: () => new Float64(), boolean: () => new Bool() }

window.lakewardConsole = async (root) => {
  const at = (name) => new URL(`${root}assets/${name}`, location.href).href
  const database = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), new Worker(at("duckdb-browser-eh.worker.js")))
  await database.instantiate(at("duckdb-eh.wasm"))
  const connection = await database.connect()
  return {
    async insert(name, rows, columns) {
      const vectors = columns.map(([column, kind]) => [column, vector(rows[column], kind)])
      await connection.insertArrowFromIPCStream(tableToIPC(new Table(Object.fromEntries(vectors)), "stream"), { name, create: true })
    },
    async query(text) {
      const found = await connection.query(text)
      const names = found.schema.fields.map((field) => field.name), days = new Set(found.schema.fields.filter((field) => field.type instanceof DateDay || String(field.type).startsWith("Date")).map((field) => field.name))
      const rows = found.toArray().map((row) => Object.fromEntries(names.map((name) => [name, days.has(name) && row[name] !== null ? new Date(Number(row[name])) : row[name]])))
      return { columns: names, rows }
    },
  }
}

function vector(values, kind) {
  const isDay = kind === "date" && values.every((value) => value === null || value.length === 10)
  if (isDay) return vectorFromArray(values.map((value) => (value === null ? null : new Date(value))), new DateDay())
  if (types[kind]) return vectorFromArray(values, types[kind]())
  return vectorFromArray(values.map((value) => (value === null || typeof value === "string" ? value : JSON.stringify(value))), new Utf8())
}
