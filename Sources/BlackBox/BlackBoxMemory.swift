import Glibc
import Synchronization

/// The black box's memory in this process. What is written here stays when the process is killed, as long as another holds its descriptor.
package final class BlackBoxMemory: Sendable {
    /// Written and read by atomic words only, and by bytes that such words guard.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let isMapped: Bool

    /// Maps the file behind `descriptor`, shared with everyone else who does. The descriptor stays the caller's.
    package init(descriptor: Int32) throws(BlackBoxError) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_size >= Layout.size else { throw .unusable }
        base = try Self.map(MAP_SHARED, descriptor)
        isMapped = true
    }

    /// Of this process alone: for a worker without supervisor. Survives nothing, but a dump of it can be written.
    package init() throws(BlackBoxError) {
        base = try Self.map(MAP_PRIVATE | MAP_ANONYMOUS, -1)
        isMapped = true
    }

    /// Of this process alone, from its heap; never given back.
    init(allocating: Void) {
        base = UnsafeMutableRawPointer.allocate(byteCount: Layout.size, alignment: 4_096)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: Layout.size)
        isMapped = false
    }

    deinit { if isMapped { munmap(base, Layout.size) } }

    private static func map(_ flags: Int32, _ descriptor: Int32) throws(BlackBoxError) -> UnsafeMutableRawPointer {
        let found = mmap(nil, Layout.size, PROT_READ | PROT_WRITE, flags, descriptor, 0)
        guard let found, found != MAP_FAILED else { throw .notMapped(errno) }
        return found
    }

    /// Everything, for evidence: `Layout.size` bytes.
    package func copy() -> [UInt8] { copy(Layout.size) }

    /// What the watchdog needs: process, stage, signal, heartbeats, counters.
    package func vitals() -> BlackBoxReader? { BlackBoxReader(copy(Layout.vitals)) }

    private func copy(_ count: Int) -> [UInt8] {
        atomicMemoryFence(ordering: .acquiring)
        return Array(UnsafeRawBufferPointer(start: base, count: min(count, Layout.size)))
    }

    func word(_ offset: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        (base + offset).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    func number(_ offset: Int) -> UInt64 { word(offset).pointee.load(ordering: .relaxed) }

    func set(_ offset: Int, _ value: UInt64) { word(offset).pointee.store(value, ordering: .relaxed) }

    func set(_ offset: Int, _ value: Int64) { set(offset, UInt64(bitPattern: value)) }

    /// Writes a text into a place of fixed size, cut at the border of a scalar, zeros behind it.
    func set(_ offset: Int, size: Int, _ text: String) {
        var text = text
        let start = (base + offset).assumingMemoryBound(to: UInt8.self)
        let count = text.withUTF8 { bytes in
            let count = TextCut.length(of: bytes, fitting: size)
            if let from = bytes.baseAddress { start.update(from: from, count: count) }
            return count
        }
        (start + count).update(repeating: 0, count: size - count)
    }
}

/// Where a text may be cut.
enum TextCut {
    /// At most `limit` bytes, back to where a scalar begins.
    @inline(__always)
    static func length(of bytes: UnsafeBufferPointer<UInt8>, fitting limit: Int) -> Int {
        guard bytes.count > limit else { return bytes.count }
        var end = max(0, limit)
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return end
    }
}
