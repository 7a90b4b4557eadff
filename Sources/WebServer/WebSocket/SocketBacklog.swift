/// What waits for a slow reader. Past its limit everything is dropped at once: half a backlog would be a gap that nobody knows of.
struct SocketBacklog {
    enum Outcome {
        case kept, overflowed
    }

    private var frames: [SocketFrame] = []
    private var first = 0
    private var bytes = 0

    var isEmpty: Bool { first == frames.count }

    mutating func add(_ frame: SocketFrame, limit: Int) -> Outcome {
        guard bytes + frame.count <= limit else {
            self = SocketBacklog()
            return .overflowed
        }
        frames.append(frame)
        bytes += frame.count
        return .kept
    }

    mutating func takeFirst() -> SocketFrame? {
        guard frames.indices.contains(first) else { return nil }
        let frame = frames[first]
        first += 1
        bytes -= frame.count
        if first == frames.count { self = SocketBacklog() }
        return frame
    }
}
