/** A device that uploads photos with tus-js-client, or in one request; it remembers unfinished uploads in a file. */
import { readFileSync } from "node:fs";

import { FileUrlStorage, Upload } from "tus-js-client";

import { putPhoto, uploadPhoto } from "./photos.js";

export class Device {
  static async open({ name, folder, ...account }) {
    return Object.assign(new Device(), { account, urlStorage: new FileUrlStorage(`${folder}/${name}.json`) });
  }

  /** `endsAt` bytes the process is killed. */
  upload({ photo, file, chunkSize, endsAt, retryDelays = null }) {
    return uploadPhoto(this.account, photo, readFileSync(file), {
      urlStorage: this.urlStorage,
      chunkSize,
      retryDelays,
      onChunkComplete: (_, sent) => sent >= (endsAt ?? Infinity) && process.kill(process.pid, "SIGKILL"),
    });
  }

  put({ photo, file }) {
    return putPhoto(this.account, photo, readFileSync(file));
  }

  /** Ends whatever was not finished. */
  async terminate() {
    const unfinished = await this.urlStorage.findAllUploads();
    const headers = { Authorization: `Bearer ${this.account.token}` };
    for (const { uploadUrl } of unfinished) await Upload.terminate(uploadUrl, { headers, retryDelays: null });
    return unfinished.map(({ uploadUrl }) => uploadUrl);
  }

  save() {}

  close() {}
}
