/** A device with WatermelonDB on LokiJS, kept in a file of `folder`. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import { appSchema, tableSchema } from "@nozbe/watermelondb";
import LokiJS from "@nozbe/watermelondb/adapters/lokijs";
import { addColumns, createTable, schemaMigrations } from "@nozbe/watermelondb/Schema/migrations";
import logger from "@nozbe/watermelondb/utils/common/logger";
import { hasUnsyncedChanges } from "@nozbe/watermelondb/sync";

import { migrations, openDatabase, schema } from "./integrate.watermelondb.js";
import { refusedBy, syncTimeline } from "./watermelondb.js";

logger.default.silence();
const disk = {
  loadDatabase: (file, done) => done(existsSync(file) ? readFileSync(file, "utf8") : null),
  saveDatabase: (file, text, done) => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    done();
  },
  deleteDatabase: (file, done) => {
    rmSync(file, { force: true });
    done();
  },
};
const BOOKS = ["_status", "_changed"];

/** The schema of an app's older version, which `lacks` columns (a list) or tables (null). */
const schemaWithout = (lacks) => {
  const tables = Object.values(schema.tables).filter(({ name }) => lacks[name] !== null);
  const known = ({ name, columnArray }) => columnArray.filter((column) => !lacks[name]?.includes(column.name));
  return appSchema({ version: 1, tables: tables.map((table) => tableSchema({ ...table, columns: known(table) })) });
};

/** What an update of that app says, to the schema that has everything. */
const migrationsFrom = (lacked) => {
  const step = ([name, columns]) => {
    const { columnArray, columns: byName } = schema.tables[name];
    if (columns === null) return createTable({ name, columns: columnArray });
    return addColumns({ table: name, columns: columns.map((column) => byName[column]) });
  };
  return schemaMigrations({ migrations: [{ toVersion: 2, steps: Object.entries(lacked).map(step) }] });
};

const version = ({ lacks, lacked }) => {
  if (lacks) return { schema: schemaWithout(lacks), migrations };
  return lacked ? { schema: { ...schema, version: 2 }, migrations: migrationsFrom(lacked) } : { schema, migrations };
};

export class Device {
  static async open({ name, folder, connection, ...given }) {
    const adapter = new LokiJS.default({
      ...version(given),
      dbName: `${folder}/${name}`,
      useWebWorker: false,
      useIncrementalIndexedDB: true,
      _testLokiAdapter: disk,
    });
    return Object.assign(new Device(), { adapter, connection, database: openDatabase(adapter) });
  }

  create({ table, row }) {
    return this.createAll({ table, rows: [row] });
  }

  createAll({ table, rows }) {
    const collection = this.database.get(table);
    const made = (row) => collection.prepareCreateFromDirtyRaw({ ...row, _status: "created", _changed: "" });
    return this.database.write(() => this.database.batch(rows.map(made)));
  }

  async update({ table, id, columns }) {
    const record = await this.database.get(table).find(id);
    const set = (it) => Object.entries(columns).forEach(([column, value]) => it._setRaw(column, value));
    await this.database.write(() => record.update(set).then(() => {}));
  }

  async remove({ table, id }) {
    const record = await this.database.get(table).find(id);
    await this.database.write(() => record.markAsDeleted());
  }

  async rows() {
    const shown = {};
    for (const table of Object.keys(this.adapter.schema.tables)) {
      const records = await this.database.get(table).query().fetch();
      const columns = (raw) => Object.entries(raw).filter(([column]) => !BOOKS.includes(column));
      shown[table] = records.map((record) => Object.fromEntries(columns(record._raw)));
    }
    return shown;
  }

  sync() {
    return syncTimeline(this.database, this.connection);
  }

  refused() {
    return refusedBy(this.database);
  }

  pending() {
    return hasUnsyncedChanges({ database: this.database });
  }

  close() {}

  save() {
    return new Promise((done) => this.adapter._driver.loki.saveDatabase(done));
  }
}
