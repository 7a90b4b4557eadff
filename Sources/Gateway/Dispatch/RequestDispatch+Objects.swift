import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Synchronization
import Vocabulary

/// What to do with a whole answer before the client gets it.
typealias Rewriting = (Attempt, NIODeadline) -> [DispatchAction]

extension RequestDispatch {
    /// Bytes of an answer about such objects that is taken in whole.
    static let objectAnswerLimit = 1_024 * 1_024
}

// Batches, files and whatever else providers keep: it lives on the node that made it, and belongs to the workspace that asked for it.
extension RequestDispatch {
    /// Finds the node that a request about an object has to go to.
    /// - Parameter named: ids of further objects that the body names: each must be the workspace's own.
    func askOwner(named: Set<String> = [], at now: NIODeadline) -> [DispatchAction] {
        guard let key, let asked = AskedObject(route?.operation) else { return refuse(.pathUnknown, at: now) }
        let objects = traffic.objects
        switch asked.verb {
        case .create:
            rewriting = { [unowned self] in created($0, asked, at: $1) }
            var (named, input) = (named, String?.none)
            if asked.kind == .openAIBatch {
                let files = gathered.withUnsafeReadableBytes { ObjectReferences.values(of: "input_file_id", in: $0) }
                guard files.count <= 1, files.allSatisfy({ BatchOrder.mayBeFile($0) }) else {
                    return refuse(.bodyMalformed(.malformed), at: now)
                }
                input = files.first
                if let input { named.insert(input) }
            }
            guard !named.isEmpty else { return admitObject(owner: nil, at: now) }
            return ask({ [named] in try await objects.node(ofAll: named, in: key.workspace) }) { [unowned self, input] node, now in
                guard let node else { return refuse(.ownerUnknown, at: now) }
                guard let input else { return admitObject(owner: node, at: now) }
                return askBatchInput(input, at: node, then: { [unowned self] in admitObject(owner: node, at: $0) }, now: now)
            }
        case .list:
            return ask({ try await objects.latestNode(asked.kind, in: key.workspace) }) { [unowned self] node, now in
                guard let node else { return answerEmptyList(at: now) }
                rewriting = { [unowned self] in listed($0, asked, at: $1) }
                return admitObject(owner: node, at: now)
            }
        case .use, .delete:
            return ask({ () -> ResourceOwners.Owner? in
                let owner = try await objects.owner(of: asked.id, asked.kind, in: key.workspace)
                guard owner != nil, !named.isEmpty else { return owner }
                return try await objects.node(ofAll: named, in: key.workspace) == nil ? nil : owner
            }) { [unowned self] owner, now in
                guard let owner else { return refuse(.ownerUnknown, at: now) }
                if asked.isAnsweredByObject { rewriting = { [unowned self] in used($0, asked, owner, at: $1) } }
                // The results of a message batch, or a file that an OpenAI batch has written.
                if let batch = asked.holdsResults ? asked.id : asked.isContent ? owner.parent : nil {
                    tally = BatchTally(batch: batch, key: owner.key ?? key.id, workspace: key.workspace)
                }
                if owner.owes, asked.kind == .response {
                    debt = AnswerDebt(id: asked.id, key: owner.key ?? key.id, workspace: key.workspace)
                }
                return admitObject(owner: owner.node, at: now)
            }
        }
    }

    /// A request that names what a provider keeps: an earlier answer that it goes on from, files, containers.
    func askEarlier(_ scan: RequestScan, estimate: KeyUse, at now: NIODeadline) -> [DispatchAction] {
        guard let key else { return refuse(.keyMissing, at: now) }
        let objects = traffic.objects
        let isResponse = route?.operation == .responses
        let named: [(String, ResourceOwners.Kind)] = [
            isResponse ? scan.previousResponseID.map { ($0, .response) } : nil,
            isResponse ? scan.conversationID.map { ($0, .conversation) } : nil,
        ].compactMap { $0 }
        let others = scan.objectIDs
        return ask({ () -> NodeID? in
            var node: NodeID?
            if !others.isEmpty {
                guard let found = try await objects.node(ofAll: others, in: key.workspace) else { return nil }
                node = found
            }
            for (id, kind) in named {
                guard let found = try await objects.node(of: id, kind, in: key.workspace) else { return nil }
                node = found
            }
            return node
        }) { [unowned self] node, now in
            guard let node else { return refuse(.ownerUnknown, at: now) }
            return admit(estimate: estimate, plan: plan(scan, owner: node), at: now)
        }
    }

    /// An answer that the provider keeps belongs to who asked for it: known before the client hears of it.
    func noteKept(_ attempt: Attempt) {
        guard let meter = attempt.meter, keepsAnswer || !hasNotedContainer && meter.containerID != nil, let key else { return }
        let node = attempt.turn.node.id
        if !hasNotedContainer, let container = meter.containerID {
            hasNotedContainer = true
            traffic.objects.noteSoon(container, .container, at: node, by: key.id, in: key.workspace)
        }
        guard keepsAnswer, let id = meter.objectID else { return }
        keepsAnswer = false
        let kind = route?.operation == .responses ? ResourceOwners.Kind.response : .completion
        traffic.objects.noteSoon(id, kind, at: node, by: key.id, in: key.workspace, owes: isInBackground)
    }

    /// Its client may go, and ask for the answer later.
    var isInBackground: Bool { route?.operation == .responses && scanned?.scan.runsInBackground == true }

    /// A stream in the background has told its usage: nothing is owed any more.
    func notePaid(_ attempt: Attempt) {
        guard isInBackground, attempt.meter?.usage != nil, let key, let id = attempt.meter?.objectID else { return }
        traffic.objects.noteSoon(id, .response, at: attempt.turn.node.id, by: key.id, in: key.workspace)
    }

    /// An answer that is to be fetched later is written down before the client hears of it, with what is owed for it.
    func begunInBackground(_ attempt: Attempt, at now: NIODeadline) -> [DispatchAction] {
        let bytes = attempt.heldContent
        guard let key, let id = attempt.meter?.objectID else { return give(attempt, bytes, at: now) }
        keepsAnswer = false
        let owner = ResourceOwners.Owner(node: attempt.turn.node.id, key: key.id, owes: attempt.meter?.usage == nil)
        let objects = traffic.objects
        return ask({ try await objects.note(id, .response, owner, in: key.workspace) }) { [unowned self] _, now in
            give(attempt, bytes, at: now)
        }
    }

    /// Whether the provider keeps what it answers: OpenAI's responses unless told not to, its completions when told to.
    static func keepsAnswer(_ operation: ModelOperation?, _ scan: RequestScan) -> Bool {
        switch operation {
        case .responses: scan.stores ?? true
        case .chatCompletions: scan.stores ?? false
        default: false
        }
    }

    private func admitObject(owner: NodeID?, at now: NIODeadline) -> [DispatchAction] {
        if gathered.readableBytes > 0 {
            return admit(estimate: KeyUse(tokens: tokens(of: gathered, nil), nanoDollars: 0), plan: plan(owner: owner), at: now)
        }
        if case .streamed(let limit) = route?.body {
            body = .stream(limit: limit)
            if case .batches(_, .create) = route?.operation, let key {
                body = .inspectedStream(limit: limit)
                inspection = BatchInspection(.list, by: key, book: traffic.prices.book(of: key.workspace), at: arrivedAt)
            }
        }
        return admit(estimate: KeyUse(tokens: 0, nanoDollars: 0), plan: plan(owner: owner), at: now)
    }

    /// Asks in a task of its own, and goes on when the relay has been woken.
    func ask<Value: Sendable>(
        _ question: @escaping @Sendable () async throws -> Value, then goOn: @escaping (Value, NIODeadline) -> [DispatchAction]
    ) -> [DispatchAction] {
        let answer = Handover<Result<Value, any Error>?>(nil)
        stage = .asking
        resume = { [unowned self] now in
            guard let result = answer.value else { return [] }
            resume = nil
            switch result {
            case .success(let value): return goOn(value, now)
            case .failure(let error):
                traffic.logger.error(
                    "a question of the gateway failed", metadata: ["request": "\(request.requestID)", "error": "\(error)"])
                return refuse(.unavailable(family), at: now)
            }
        }
        let waker = request.waker
        Task {
            do {
                answer.value = .success(try await question())
            } catch {
                answer.value = .failure(error)
            }
            waker.wake()
        }
        return []
    }

    private func answerEmptyList(at now: NIODeadline) -> [DispatchAction] {
        let text =
            family == .anthropic
            ? #"{"data":[],"has_more":false,"first_id":null,"last_id":null}"# : #"{"object":"list","data":[],"has_more":false}"#
        return answer(text, at: now)
    }

    /// A JSON answer of the gateway's own.
    func answer(_ json: String, at now: NIODeadline) -> [DispatchAction] {
        close(.completed, status: 200, code: nil, from: nil, at: now)
        hasResponded = true
        let body = ByteBuffer(string: json)
        let headers: HTTPHeaders = [
            "content-type": "application/json", "content-length": "\(body.readableBytes)", "request-id": request.requestID,
        ]
        return [.respond(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)), .write(body), .finish(nil)]
    }

    /// A new object is written down before the client hears of it.
    private func created(_ attempt: Attempt, _ asked: AskedObject, at now: NIODeadline) -> [DispatchAction] {
        let bytes = attempt.heldContent
        guard let key, let id = Self.read(bytes)?.id else { return give(attempt, bytes, at: now) }
        let (objects, control, clock, hold) = (traffic.objects, traffic.control, traffic.clock, held)
        let owner = ResourceOwners.Owner(node: attempt.turn.node.id, key: key.id, held: hold?.amount ?? 0)
        // From here on it is the batch's.
        held = nil
        return ask({
            defer { if let hold { control.stored(hold, at: Health.reading(clock)) } }
            try await objects.note(id, asked.kind, owner, in: key.workspace)
        }) { [unowned self] _, now in
            give(attempt, rewritten(bytes, attempt, keeps: { _ in true }), at: now)
        }
    }

    private func used(_ attempt: Attempt, _ asked: AskedObject, _ owner: ResourceOwners.Owner, at now: NIODeadline) -> [DispatchAction] {
        let content = attempt.heldContent
        let bytes = rewritten(content, attempt, keeps: { _ in true })
        guard let key else { return give(attempt, bytes, at: now) }
        let objects = traffic.objects
        let files = Self.read(content)?.files ?? []
        if asked.verb == .use {
            guard !files.isEmpty else { return give(attempt, bytes, at: now) }
            // What a batch has written is its workspace's too.
            let written = ResourceOwners.Owner(node: attempt.turn.node.id, key: owner.key ?? key.id, parent: asked.id)
            return ask({ for file in files { try await objects.note(file, .file, written, in: key.workspace) } }) {
                [unowned self] _, now in give(attempt, bytes, at: now)
            }
        }
        let batches = traffic.batches
        return ask({
            if owner.held > 0 { await batches.release(asked.id, in: key.workspace) }
            try await objects.forget(asked.id, asked.kind, in: key.workspace)
        }) { [unowned self] _, now in
            give(attempt, bytes, at: now)
        }
    }

    private func listed(_ attempt: Attempt, _ asked: AskedObject, at now: NIODeadline) -> [DispatchAction] {
        let bytes = attempt.heldContent
        // What can't be read can't be parted from what belongs to others.
        guard let key, let elements = Self.read(bytes)?.elements else { return refuse(.listUnreadable, at: now) }
        let objects = traffic.objects
        let ids = elements.compactMap(\.id)
        return ask({ try await objects.owned(ids, asked.kind, in: key.workspace) }) { [unowned self] owned, now in
            give(attempt, rewritten(bytes, attempt, keeps: owned.contains), at: now)
        }
    }

    private static func read(_ bytes: [UInt8]) -> ObjectAnswer? {
        bytes.withUnsafeBytes { ObjectAnswer($0) }
    }

    private func rewritten(_ bytes: [UInt8], _ attempt: Attempt, keeps: (String) -> Bool) -> [UInt8] {
        guard let answer = Self.read(bytes), let host = request.head.headers.first(name: "host") else { return bytes }
        let base = "\(request.isSecure ? "https" : "http")://\(host)"
        return answer.rewritten(bytes, from: attempt.turn.node.url.text, to: base, keeps: keeps)
    }

    /// The node's answer with this body.
    private func give(_ attempt: Attempt, _ body: [UInt8], at now: NIODeadline) -> [DispatchAction] {
        guard let head = attempt.head else { return refuse(.upstreamBroken, at: now) }
        close(.completed, status: attempt.status, code: nil, from: attempt, at: now)
        hasResponded = true
        var answer = RequestHeads.toClient(head, attempts: attempts)
        answer.headers.replaceOrAdd(name: "content-length", value: "\(body.count)")
        return [.respond(answer), .write(ByteBuffer(bytes: body)), .finish(nil)]
    }
}

/// A batch or file as a request asks for it.
struct AskedObject {
    enum Verb {
        case create, list, use, delete
    }

    let kind: ResourceOwners.Kind
    let id: String
    let verb: Verb
    /// The answer is the object itself, not its content.
    let isAnsweredByObject: Bool
    /// The answer is the results of a message batch.
    let holdsResults: Bool
    /// The answer is what a file holds.
    let isContent: Bool

    init?(_ operation: ModelOperation?) {
        switch operation {
        case .batches(let id, let action): self.init(.batch, id, action.rawValue)
        case .files(let id, let action): self.init(.file, id, action.rawValue)
        case .unknownV1(let path): self.init(path)
        default: return nil
        }
    }

    private init(_ path: ObjectPath) {
        kind = ResourceOwners.Kind(path.collection)
        id = path.id ?? ""
        holdsResults = false
        isContent = false
        switch path.verb {
        case .create: verb = .create
        case .list: verb = .list
        case .use: verb = .use
        case .delete: verb = .delete
        }
        // Of OpenAI's batches the object names the files that they have written.
        isAnsweredByObject = path.verb != .use || path.collection == "batches"
    }

    private init(_ kind: ResourceOwners.Kind, _ id: String?, _ action: String) {
        self.kind = kind
        self.id = id ?? ""
        verb = Self.verb(action)
        holdsResults = kind == .batch && action == "results"
        isContent = kind == .file && action == "content"
        isAnsweredByObject = action != "results" && action != "content"
    }

    private static func verb(_ action: String) -> Verb {
        switch action {
        case "create": .create
        case "list": .list
        case "delete": .delete
        default: .use
        }
    }
}

extension Attempt {
    var heldContent: [UInt8] {
        held.reduce(into: []) { $0 += $1.readableBytesView }
    }
}

/// A value between a task and an event loop.
final class Handover<Value: Sendable>: Sendable {
    private let box: Mutex<Value>

    init(_ value: Value) { box = Mutex(value) }

    var value: Value {
        get { box.withLock { $0 } }
        set { box.withLock { $0 = newValue } }
    }
}
