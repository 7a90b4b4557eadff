import ModelProtocol
import NIOCore
import Relay
import Routing
import Vocabulary

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
}
