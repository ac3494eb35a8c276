/** A device with WatermelonDB on LokiJS, kept in a file of `folder`. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import LokiJS from "@nozbe/watermelondb/adapters/lokijs";
import logger from "@nozbe/watermelondb/utils/common/logger";
import { hasUnsyncedChanges } from "@nozbe/watermelondb/sync";

import { openDatabase, schema } from "./integrate.watermelondb.js";
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

export class Device {
  static async open({ name, folder, connection }) {
    const adapter = new LokiJS.default({
      schema,
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
    for (const table of Object.keys(schema.tables)) {
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
