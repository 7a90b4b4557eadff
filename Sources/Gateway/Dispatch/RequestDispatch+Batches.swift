import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Vocabulary

// Batches before they are made (docs/gateway.md section 2): a message batch is looked at on its way to the node, which gets its last part only
// when nothing speaks against it; what an OpenAI batch asks for is read from its file first.
extension RequestDispatch {
    /// A part of a message batch. It is on its way to the node by now; without the last one nothing is made of it.
    func inspect(_ bytes: ByteBuffer, at now: NIODeadline) -> [DispatchAction] {
        guard inspection?.read(bytes) == false, let refusal = inspection?.refusal else { return [] }
        return cutOff(refusal, at: now)
    }

    func inspected(at now: NIODeadline) -> [DispatchAction] {
        guard attempt != nil else { return [] }
        inspection?.finish()
        guard let inspection else { return [.sendRest] }
        self.inspection = nil
        if let refusal = inspection.refusal { return cutOff(refusal, at: now) }
        guard !inspection.named.isEmpty, let key else { return hold(inspection.estimate, then: { _ in [.sendRest] }, at: now) }
        let (objects, named, workspace) = (traffic.objects, inspection.named, key.workspace)
        return ask({ try await objects.node(ofAll: named, in: workspace) }) { [unowned self] node, now in
            stage = .trying
            guard attempt != nil else { return [] }
            guard node != nil else { return cutOff(.ownerUnknown, at: now) }
            return hold(inspection.estimate, then: { _ in [.sendRest] }, at: now)
        }
    }

    /// Goes on when the money that a batch may cost is held.
    private func hold(
        _ estimate: Int64, then goOn: @escaping (NIODeadline) -> [DispatchAction], at now: NIODeadline
    ) -> [DispatchAction] {
        guard let key, key.hasMoneyLimit, estimate > 0 else { return goOn(now) }
        switch traffic.control.hold(estimate, by: key, at: traffic.reading(now)) {
        case .refused(let refusal): return cutOff(limited(refusal), at: now)
        case .undecided: return askOthersToHold(estimate, by: key, then: goOn, at: now)
        case .held(let hold):
            held = hold
            return goOn(now)
        }
    }

    /// The node may have a part of the body; then it never gets the rest.
    func cutOff(_ refusal: Refusal, at now: NIODeadline) -> [DispatchAction] {
        inspection = nil
        guard let attempt else { return refuse(refusal, at: now) }
        end(attempt, .clientLeft, at: now)
        return [.endAttempt] + refuse(refusal, at: now)
    }

    /// What an OpenAI batch asks for, read from the file that it names; then the batch is made at the file's node.
    func askBatchInput(
        _ file: String, at id: NodeID, then goOn: @escaping (NIODeadline) -> [DispatchAction], now: NIODeadline
    ) -> [DispatchAction] {
        guard let key, let node = try? traffic.nodes.node(id, in: key.workspace) else { return refuse(.ownerUnknown, at: now) }
        let shared = SharedInspection(
            BatchInspection(.lines, by: key, book: traffic.prices.book(of: key.workspace), at: arrivedAt))
        let (client, objects, workspace) = (NodeClient(traffic.connections), traffic.objects, key.workspace)
        return ask({ () -> BatchInspection? in
            guard try await BatchOrder.fetch(file, from: node, with: client, into: shared) else { return nil }
            let found = shared.finished()
            guard found.refusal == nil, !found.named.isEmpty else { return found }
            return try await objects.node(ofAll: found.named, in: workspace) == nil ? nil : found
        }) { [unowned self] found, now in
            guard let found else { return refuse(.ownerUnknown, at: now) }
            if let refusal = found.refusal { return refuse(refusal, at: now) }
            return hold(found.estimate, then: goOn, at: now)
        }
    }
}

/// What `POST /v1/batches` of OpenAI's is about.
enum BatchOrder {
    /// Bytes of an input file (vendor's limit: 200 MB).
    private static let fileLimit = 200 << 20
    private static let patience = TimeAmount.seconds(120)

    /// Whether it can be named in a path as it is.
    static func mayBeFile(_ id: String) -> Bool {
        (1...200).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                byte | 0x20 &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }

    /// False: there is no such file. Reading ends early where something speaks against the batch.
    static func fetch(_ file: String, from node: Node, with client: NodeClient, into inspection: SharedInspection) async throws -> Bool {
        let head = RequestHeads.toNode(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/v1/files/\(file)/content", headers: ["accept": "*/*"]), node: node)
        let request = NodeRequest(target: node.target, head: head, body: .none, connectTimeout: .seconds(3))
        let isWanted = Handover(true)
        do throws(NodeClientError) {
            let answer = try await client.send(request, bodyLimit: fileLimit, time: patience) { bytes in
                let goesOn = inspection.read(bytes)
                if !goesOn { isWanted.value = false }
                return goesOn
            }
            if answer.head.status.code == 404 { return false }
            guard answer.head.status.code == 200 else { throw NodeClientError.failed(AttemptFailure(.malformed, wasSent: true)) }
        } catch {
            if isWanted.value { throw error }
        }
        return true
    }
}
