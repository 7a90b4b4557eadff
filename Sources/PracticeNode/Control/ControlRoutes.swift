import NIOCore
import NIOHTTP1

/// `/practice/…`: how a person or a test directs the node. Answered to this machine only.
struct ControlRoutes: Sendable {
    let name: String
    let script: FaultScript
    let journal: RequestJournal

    static func owns(_ request: IncomingRequest) -> Bool { request.segments.first == "practice" }

    func answer(_ request: IncomingRequest, isLocal: Bool) -> Delivery {
        guard isLocal else { return Delivery(problem(403, "practice routes are for this machine only")) }
        do {
            return try routed(request)
        } catch {
            return Delivery(problem(400, error.description))
        }
    }

    private func routed(_ request: IncomingRequest) throws(PracticeNodeError) -> Delivery {
        switch (request.head.method, request.path) {
        case (.GET, "/practice/script"): break
        case (.POST, "/practice/script"): try script.append(scenes(request.body))
        case (.DELETE, "/practice/script"): script.clear()
        case (.POST, "/practice/refuse"): return try refuse(request.body)
        case (.GET, "/practice/requests"): return Delivery(requests(request))
        case (.DELETE, "/practice/requests"):
            journal.clear()
            return Delivery(Answer([:]))
        case (.GET, "/practice/figures"): return Delivery(Answer(journal.figures.json))
        default: return Delivery(problem(404, "no such practice route"))
        }
        return Delivery(Answer(["node": .string(name), "script": .array(script.rest.map(\.json))]))
    }

    private func scenes(_ body: ByteBuffer) throws(PracticeNodeError) -> [FaultScript.Scene] {
        guard let json = JSON(body), case .array(let items) = json else { throw PracticeNodeError.script("a JSON list is expected") }
        var scenes: [FaultScript.Scene] = []
        for item in items { scenes.append(try FaultScript.Scene(item)) }
        return scenes
    }

    private func refuse(_ body: ByteBuffer) throws(PracticeNodeError) -> Delivery {
        guard let seconds = JSON(body)?["seconds"]?.seconds, (0...3_600).contains(seconds) else {
            throw PracticeNodeError.script("“seconds” is a number from 0 to 3600")
        }
        var delivery = Delivery(Answer(["refusing": .number(seconds)]).with("connection", "close"))
        delivery.refusal = .milliseconds(Int64(seconds * 1_000))
        delivery.ending = .close
        return delivery
    }

    /// `?after=N`: only later ones; `?bodies=true`: with what is still kept of their bodies.
    private func requests(_ request: IncomingRequest) -> Answer {
        let query = request.head.uri.split(separator: "?", maxSplits: 1).dropFirst().first?.split(separator: "&") ?? []
        let after = query.lazy.compactMap { $0.after("after=").flatMap { Int($0) } }.first ?? 0
        let records = journal.records.filter { $0.number > after }
        return Answer(["requests": .array(records.map { $0.json(withBody: query.contains("bodies=true")) })])
    }

    private func problem(_ status: Int, _ detail: String) -> Answer {
        Answer(status: status, ["error": .string(detail)])
    }
}
