import NIOCore
import Synchronization

/// What clients leave at the node: batches, files, answers and the like. In memory, at most 1,000 of each and 64 MiB of files; the oldest go.
final class Shelf: Sendable {
    struct Batch: Sendable {
        let id: String
        let items: [Item]
        var isCancelled = false

        struct Item: Sendable {
            let name: String
            let asked: Asked
        }
    }

    struct File: Sendable {
        let id: String
        let name: String
        let type: String
        let bytes: ByteBuffer
        /// The whole length, also where the bytes were too many to keep.
        let length: Int
    }

    private struct Kept {
        let id: String
        let collection: String
        let object: JSON
    }

    private struct State {
        var kept: [Kept] = []
        var batches: [Batch] = []
        var files: [File] = []
        var made = 0
    }

    private static let limit = 1_000
    private static let fileBytes = 64 << 20

    private let node: String
    private let state = Mutex(State())

    init(node: String) {
        self.node = node
    }

    var batches: [Batch] { state.withLock { $0.batches } }

    var files: [File] { state.withLock { $0.files } }

    func addBatch(_ items: [Batch.Item]) -> Batch {
        state.withLock { state in
            state.made += 1
            let batch = Batch(id: "msgbatch_\(node)_\(state.made.padded)", items: items)
            state.batches.append(batch)
            if state.batches.count > Self.limit { state.batches.removeFirst() }
            return batch
        }
    }

    func addFile(name: String, type: String, bytes: ByteBuffer, length: Int) -> File {
        state.withLock { state in
            state.made += 1
            let file = File(id: "file_\(node)_\(state.made.padded)", name: name, type: type, bytes: bytes, length: length)
            state.files.append(file)
            while state.files.count > Self.limit || state.files.reduce(0, { $0 + $1.bytes.readableBytes }) > Self.fileBytes {
                state.files.removeFirst()
            }
            return file
        }
    }

    /// The cancelled batch; nil when there is none of that id.
    func cancelBatch(_ id: Substring) -> Batch? {
        state.withLock { state in
            guard let index = state.batches.firstIndex(where: { $0.id == id }) else { return nil }
            var batch = state.batches.remove(at: index)
            batch.isCancelled = true
            state.batches.insert(batch, at: index)
            return batch
        }
    }

    /// Whether there was one.
    func removeBatch(_ id: Substring) -> Bool {
        state.withLock { state in
            let before = state.batches.count
            state.batches.removeAll { $0.id == id }
            return state.batches.count < before
        }
    }

    /// Whether there was one.
    func removeFile(_ id: Substring) -> Bool {
        state.withLock { state in
            let before = state.files.count
            state.files.removeAll { $0.id == id }
            return state.files.count < before
        }
    }

    /// Keeps an object under its id.
    func keep(_ object: JSON, _ id: String, in collection: String) {
        state.withLock { state in
            state.kept.append(Kept(id: id, collection: collection, object: object))
            if state.kept.count > Self.limit { state.kept.removeFirst() }
        }
    }

    func kept(_ id: String, in collection: String) -> JSON? {
        state.withLock { $0.kept.first { $0.id == id && $0.collection == collection }?.object }
    }

    func kept(in collection: String) -> [JSON] {
        state.withLock { $0.kept.filter { $0.collection == collection }.map(\.object) }
    }

    func removeKept(_ id: String) {
        state.withLock { state in state.kept.removeAll { $0.id == id } }
    }
}
