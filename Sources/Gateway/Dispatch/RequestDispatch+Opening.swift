import Logging
import ModelProtocol
import NIOCore
import NIOHTTP1
import Relay
import Routing
import Vocabulary

// Who asks, for what, and may it: up to the first node.
extension RequestDispatch {
    func open(at now: NIODeadline) -> [DispatchAction] {
        openedAt = now
        let marks = asked.marks
        let found = ModelRoute(
            method: request.head.method.rawValue, path: Substring(request.head.uri.utf8.prefix { $0 != UInt8(ascii: "?") }), marks: marks,
            bodyLimit: tuning.bodyLimit)
        guard let found else {
            if marks.hasAnthropicVersion || marks.hasAPIKey { return refuse(.pathUnknown, at: now) }
            return refuse(.pathUnknown, as: .openAI, at: now)
        }
        route = found
        guard let scope = found.scope else { return answerProbe() }
        switch traffic.keys.verify(presented: asked.key, now: arrivedAt) {
        case .failure(.missing): return refuse(.keyMissing, at: now)
        case .failure(.unknown): return refuse(.keyUnknown, at: now)
        case .failure(.expired): return refuse(.keyExpired, at: now)
        case .success(let key):
            self.key = key
            guard key.scopes.contains(KeyScope(scope)) else { return refuse(.scopeMissing(scope), at: now) }
            return begin(found, at: now)
        }
    }

    private func begin(_ route: ModelRoute, at now: NIODeadline) -> [DispatchAction] {
        switch (route.operation, route.body) {
        case (.models, _), (.model, _): return askModels(at: now)
        case (.unknownV1, _) where !tuning.passesUnknown: return refuse(.pathUnknown, at: now)
        case (_, .streamed(let limit)) where declaredLength > limit: return refuse(.bodyTooLarge(limit: limit), at: now)
        case (.batches, _), (.files, _), (.unknownV1, .none): return askOwner(at: now)
        case (_, .gathered(let limit)):
            stage = .gathering
            return [.gatherBody(limit: limit)]
        case (_, .streamed), (_, .none): return admit(estimate: KeyUse(tokens: 0, nanoDollars: 0), plan: plan(), at: now)
        }
    }

    /// Of the body, as the client says; 0 where it does not.
    private var declaredLength: Int {
        request.head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
    }

    private func answerProbe() -> [DispatchAction] {
        stage = .ended
        let body = request.head.method == .HEAD ? nil : ByteBuffer(string: "{\"hello\":\"switchboard\"}")
        var headers: HTTPHeaders = ["content-length": "\(body?.readableBytes ?? 0)"]
        if body != nil { headers.add(name: "content-type", value: "application/json") }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: headers)
        return [.respond(head)] + (body.map { [.write($0)] } ?? []) + [.finish(nil)]
    }

    /// The gathered body: read once, then the request is admitted and sent.
    func take(_ bytes: ByteBuffer, at now: NIODeadline) -> [DispatchAction] {
        gathered = bytes
        body = bytes.readableBytes == 0 ? .none : .bytes([bytes])
        guard let route, let key else { return refuse(.pathUnknown, at: now) }
        if case .unknownV1 = route.operation {
            return askOwner(named: bytes.withUnsafeReadableBytes { ObjectReferences.ids(in: $0) }, at: now)
        }
        let scan: RequestScan
        do throws(RequestScanError) {
            scan = try Self.scan(bytes)
        } catch {
            return refuse(.bodyMalformed(error), at: now)
        }
        scanned = ScannedBody(scan)
        guard key.allows(model: scan.model) else { return refuse(.modelForbidden(scan.model), at: now) }
        keepsAnswer = Self.keepsAnswer(route.operation, scan)
        let estimate = estimate(bytes, scan, key)
        if isInBackground, !scan.isStream { rewriting = { [unowned self] in begunInBackground($0, at: $1) } }
        let goesOn = route.operation == .responses && (scan.previousResponseID != nil || scan.conversationID != nil)
        if goesOn || !scan.objectIDs.isEmpty { return askEarlier(scan, estimate: estimate, at: now) }
        return admit(estimate: estimate, plan: plan(scan), at: now)
    }

    private static func scan(_ bytes: ByteBuffer) throws(RequestScanError) -> RequestScan {
        // `withUnsafeReadableBytes` rethrows untyped errors: carry the result out instead.
        let result: Result<RequestScan, RequestScanError> = bytes.withUnsafeReadableBytes { bytes in
            do throws(RequestScanError) {
                return .success(try RequestScan(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func tokens(of bytes: ByteBuffer, _ scan: RequestScan?) -> Int64 {
        Int64(bytes.withUnsafeReadableBytes { TokenEstimate.inputTokens(of: $0, scan: scan) })
    }

    /// Only as far as a limit asks for it: an estimate costs a walk over the body.
    private func estimate(_ bytes: ByteBuffer, _ scan: RequestScan, _ key: GatewayKey) -> KeyUse {
        guard route?.operation != .countTokens, key.limits.tokensPerMinute != nil || key.hasMoneyLimit else {
            return KeyUse(tokens: 0, nanoDollars: 0)
        }
        let input = tokens(of: bytes, scan)
        let output = Int64(scan.maxTokens ?? 0)
        let money =
            key.hasMoneyLimit
            ? traffic.prices.book(of: key.workspace).estimate(
                model: scan.model, inputTokens: input, maxOutput: output, at: arrivedAt, geo: scan.inferenceGeo) : nil
        return KeyUse(tokens: input, nanoDollars: money ?? 0)
    }

    func plan(_ scan: RequestScan? = nil, owner: NodeID? = nil) -> RouteRequest {
        var plan = RouteRequest(family: RoutedFamily(family), model: scan?.model, owner: owner)
        guard let scan, let key else { return plan }
        let session =
            asked.session ?? scan.sessionID ?? scan.promptCacheKey ?? scan.userID
            ?? scan.fingerprint.map { "\($0)" }
        plan.session = session.map { SessionKey(WorkspaceSession(workspace: key.workspace, name: $0), model: scan.model) }
        plan.cacheLife = scan.cacheLife == .oneHour ? .seconds(3_600) : .seconds(300)
        return plan
    }

    /// Takes what the request needs of the key's limits, books it, and asks for a node.
    func admit(estimate: KeyUse, plan: RouteRequest, at now: NIODeadline) -> [DispatchAction] {
        guard let key else { return refuse(.keyMissing, at: now) }
        guard !isDraining else { return refuse(.stopping(family), at: now) }
        let reading = traffic.reading(now)
        switch traffic.control.admission(key, estimate, at: reading) {
        case .refused(let refusal): return refuse(refusal, at: now)
        case .admitted(let reservation): return begin(key, reservation, plan: plan, at: now)
        case .undecided: return askOthers(key, estimate, plan: plan, at: now)
        }
    }

    func refuse(_ refusal: LimitRefusal, at now: NIODeadline) -> [DispatchAction] {
        refuse(limited(refusal), at: now)
    }

    func limited(_ refusal: LimitRefusal) -> Refusal {
        .limited(refusal, retryAfter: max(1, refusal.retryAfter.wholeSecondsRoundedUp))
    }

    func begin(
        _ key: GatewayKey, _ reservation: KeyLimits.Reservation, plan: RouteRequest, at now: NIODeadline
    ) -> [DispatchAction] {
        do throws(LedgerError) {
            let entry = try traffic.ledger.openRequest(opening(key))
            admitted = Admitted(key: key, entry: entry, reservation: reservation, plan: plan)
        } catch {
            traffic.control.settle(reservation, of: key.id, used: nil, at: traffic.reading(now))
            return refuse(.ledgerFull(family), at: now)
        }
        showOpened(key)
        traffic.control.began(id, by: key.id, waker: request.waker)
        // Its body took its time; from here on the end of the key wakes the request.
        guard traffic.keys.isActive(key.id, at: self.now) else { return keyEnded(at: now) }
        return askForNode(at: now)
    }

    private func opening(_ key: GatewayKey) -> RequestOpening {
        RequestOpening(
            id: id, workspace: key.workspace, key: key.id, operation: operationName, model: scanned?.scan.model ?? "",
            isStream: scanned?.scan.isStream ?? false,
            client: clientFacts)
    }

    var operationName: String { route?.operation.name ?? "unknown" }

    var clientFacts: ClientFacts {
        ClientFacts(
            agent: asked.agent, address: request.clientAddress, session: asked.session ?? scanned?.scan.sessionID)
    }

    private func showOpened(_ key: GatewayKey) {
        var shown = LiveRequest(
            id: id, at: arrivedAt, workspace: key.workspace, key: key.id, keyName: key.name, operation: operationName)
        shown.model = scanned?.scan.model ?? ""
        shown.isStream = scanned?.scan.isStream ?? false
        live = shown
        traffic.live.opened(shown)
    }
}

/// Sessions of two workspaces are two, whatever their clients call them.
private struct WorkspaceSession: Hashable {
    let workspace: WorkspaceID
    let name: String
}

extension KeyScope {
    init(_ scope: ModelScope) {
        switch scope {
        case .inference: self = .inference
        case .files: self = .files
        case .models: self = .models
        }
    }
}

extension RoutedFamily {
    init(_ family: ModelFamily) {
        switch family {
        case .anthropic: self = .anthropic
        case .openAI: self = .openAI
        }
    }
}
