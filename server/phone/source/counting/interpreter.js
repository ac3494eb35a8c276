// Copyright The acnetrack authors. SPDX-License-Identifier: AGPL-3.0-or-later

import { Tensor, loadAndCompile, loadLiteRt } from "@litertjs/core";

const LOADER = "litert_wasm_compat_internal.js";

/** Load the runtime, whose two files lie in `folder`. @param {string} folder */
export async function startRuntime(folder) {
  Object.assign(self, { Module: { locateFile: (/** @type {string} */ name) => `${folder}${name}` } });
  await loadLiteRt(`${folder}${LOADER}`);
}

/**
 * A model file, ready to run: takes NHWC pixels of a square and gives its outputs in their order.
 *
 * @param {ArrayBuffer} bytes
 * @returns {Promise<(pixels: Float32Array, side: number) => Promise<number[][]>>}
 */
export async function compiled(bytes) {
  const model = await loadAndCompile(new Uint8Array(bytes), { accelerator: "wasm" });
  return async (pixels, side) => {
    const input = new Tensor(pixels, [1, side, side, 3]);
    const outputs = await model.run([input]);
    input.delete(); // The runtime's memory is not collected.
    const answers = await Promise.all(outputs.map((output) => output.data()));
    const numbers = answers.map((answer) => Array.from(answer));
    for (const output of outputs) output.delete();
    return numbers;
  };
}
