import NIOCore

/// What the node says to a request when nothing goes wrong. Faults change it into a `Delivery`.
struct Answer: Sendable {
    enum Body: Sendable {
        case none
        case whole(ByteBuffer)
        case events([StreamEvent])
    }

    var status: Int
    var headers: [(String, String)]
    var body: Body

    init(_ json: JSON) {
        self.init(status: 200, json)
    }

    init(status: Int, _ json: JSON) {
        self.status = status
        headers = [("content-type", "application/json")]
        body = .whole(json.buffer)
    }

    init(status: Int, type: String, _ text: String) {
        self.status = status
        headers = [("content-type", type)]
        body = .whole(ByteBuffer(string: text))
    }

    init(status: Int = 200, type: String, bytes: ByteBuffer) {
        self.status = status
        headers = [("content-type", type)]
        body = .whole(bytes)
    }

    init(events: [StreamEvent]) {
        status = 200
        headers = [("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache")]
        body = .events(events)
    }

    static func empty(_ status: Int) -> Answer {
        var answer = Answer(status: status, type: "text/plain", bytes: ByteBuffer())
        answer.headers = []
        answer.body = .none
        return answer
    }

    func with(_ name: String, _ value: String) -> Answer {
        var answer = self
        answer.headers.append((name, value))
        return answer
    }
}

/// One server-sent event, whole, with its empty line.
struct StreamEvent: Sendable {
    enum Part: Sendable {
        /// Before the model said anything: message_start, ping, empty starts.
        case start
        case content
        /// What closes a whole stream.
        case end
    }

    var text: String
    var part: Part

    init(_ part: Part, _ text: String) {
        self.part = part
        self.text = text
    }

    /// Anthropic names its events as their JSON does.
    static func named(_ part: Part, _ name: String, _ data: JSON) -> StreamEvent {
        StreamEvent(part, "event: \(name)\ndata: \(data)\n\n")
    }

    static func data(_ part: Part, _ data: JSON) -> StreamEvent {
        StreamEvent(part, "data: \(data)\n\n")
    }
}
