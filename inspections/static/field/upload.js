// Files of one sync: one by one, in pieces, each from where the server is.
import { sha256 } from "./canon.js";

const KB = 1024;
const SMALLEST = 32 * KB;
const FIRST = 256 * KB;
const LARGEST = 1024 * KB;
const FAST = 2000; // milliseconds for a piece
const STALLS = 3;

export class FileSender {
  /** @param run  the sync it belongs to */
  constructor(run) {
    this.run = run;
    this.store = run.store;
    this.piece = FIRST;
    this.done = 0;
    this.bytes = 0;
  }

  /** Oldest visit first. Files whose operation the server has not got yet are left. */
  async all() {
    const files = await this.store.pendingFiles();
    this.total = files.length;
    this.totalBytes = files.reduce((sum, { size, received }) => sum + size - received, 0);
    for (const visit of new Set(files.map((file) => file.visit))) await this.#ofVisit(visit);
  }

  async #ofVisit(visit) {
    const waiting = async () => (await this.store.pendingFiles()).filter((file) => file.visit === visit);
    if ((await waiting()).some(({ id }) => !this.run.listed.has(id))) await this.#ask(visit);
    for (const file of await waiting()) {
      if (file.state !== "expected") continue;
      await this.run.orSkip(() => this.#send(file));
      this.done += 1;
      this.#tell();
    }
  }

  // An answer may have been lost: the server knows best how far it is.
  async #ask(visit) {
    const ask = () => this.run.api.files(visit, { signal: this.run.signal });
    await this.run.orSkip(async () => {
      const { files } = await this.run.patiently(ask);
      await this.store.setReceipts([], files);
    });
  }

  async #send(file) {
    const blob = await this.store.blob(file.id);
    if (blob?.size !== file.size) return this.#damaged(file);
    let offset = file.received;
    for (let stalls = 0; stalls < STALLS;) {
      await this.run.operations();
      const answer = await this.run.patiently(() => this.#sendPiece(file, blob, offset));
      if (answer === null) return this.#damaged(file);
      await this.store.setFileState(file.id, answer);
      if (answer.state === "stored") return void (this.run.result.files += 1);
      if (answer.state === "refused") return void (this.run.result.refused += 1);
      // From the start again: the hash was wrong. Was it the way, or is it the bytes on this phone?
      if (answer.received === 0 && !(await isWhole(file, blob))) return this.#damaged(file);
      stalls += answer.received <= offset ? 1 : 0;
      offset = answer.received;
      this.#tell();
    }
    this.run.result.skipped += 1;
  }

  async #sendPiece(file, blob, offset) {
    const bytes = await blob.slice(offset, offset + this.piece).arrayBuffer().catch(() => null);
    if (bytes === null) return null;
    const began = performance.now();
    try {
      const answer = await this.run.api.putFile(file.id, offset, bytes, { signal: this.run.signal });
      if (performance.now() - began < FAST) this.piece = Math.min(LARGEST, this.piece * 2);
      this.bytes += bytes.byteLength;
      return answer;
    } catch (error) {
      this.piece = Math.max(SMALLEST, this.piece / 2);
      throw error;
    }
  }

  async #damaged(file) {
    await this.store.setFileState(file.id, { state: "damaged", message: "手机上的这个文件已损坏，无法上传，请重新拍摄" });
    this.run.result.damaged += 1;
  }

  #tell() {
    const { done, total, bytes, totalBytes } = this;
    this.run.progress({ phase: "files", done, total, bytes: Math.min(bytes, totalBytes), total_bytes: totalBytes });
  }
}

async function isWhole(file, blob) {
  const bytes = await blob.arrayBuffer().catch(() => null);
  return bytes !== null && (await sha256(bytes)) === file.sha256;
}
