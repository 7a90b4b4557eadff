import NIOCore
import Relay
import Routing
import Synchronization
import Vocabulary

// Other instances take from the same limits, and what this one has of them does not reach. Bounded in time; a client that leaves meanwhile
// takes nothing.
extension RequestDispatch {
    /// A place for the request.
    func askOthers(_ key: GatewayKey, _ estimate: KeyUse, plan: RouteRequest, at now: NIODeadline) -> [DispatchAction] {
        guard let limits = traffic.limits else { return refuse(.limitsUnknown(family), at: now) }
        let giveBack = giveBack(to: key)
        return ask({ ShareTicket(await limits.obtain(key, estimate)) { giveBack(.place($0)) } }) { [unowned self] ticket, now in
            if isDraining { return refuse(.stopping(family), at: now) }
            switch ticket.take() {
            case .success(let reservation): return begin(key, reservation, plan: plan, at: now)
            case .failure(let refusal): return refuse(refusal, at: now)
            case nil: return refuse(.limitsUnknown(family), at: now)
            }
        }
    }

    /// The money that a batch may cost. The node may have a part of the batch by now.
    func askOthersToHold(
        _ estimate: Int64, by key: GatewayKey, then goOn: @escaping (NIODeadline) -> [DispatchAction], at now: NIODeadline
    ) -> [DispatchAction] {
        guard let limits = traffic.limits else { return cutOff(.limitsUnknown(family), at: now) }
        let (giveBack, wasTrying) = (giveBack(to: key), attempt != nil)
        return ask({ ShareTicket(await limits.hold(estimate, by: key)) { giveBack(.hold($0)) } }) { [unowned self] ticket, now in
            if wasTrying { stage = .trying }
            // The node went meanwhile, and the client has heard of it: what was given goes back with the ticket.
            guard wasTrying == (attempt != nil) else { return [] }
            switch ticket.take() {
            case .success(let hold):
                held = hold
                return goOn(now)
            case .failure(let refusal): return cutOff(limited(refusal), at: now)
            case nil: return cutOff(.limitsUnknown(family), at: now)
            }
        }
    }

    private func giveBack(to key: GatewayKey) -> @Sendable (ShareGrant) -> Void {
        let (control, clock, id) = (traffic.control, traffic.clock, key.id)
        return { control.giveBack($0, of: id, at: Health.reading(clock)) }
    }
}

/// What was given to somebody who may have left: given back unless it is taken.
final class ShareTicket<Grant: Sendable>: Sendable {
    private let result: Result<Grant, LimitRefusal>?
    private let giveBack: @Sendable (Grant) -> Void
    private let isTaken = Atomic(false)

    init(_ result: Result<Grant, LimitRefusal>?, giveBack: @escaping @Sendable (Grant) -> Void) {
        self.result = result
        self.giveBack = giveBack
    }

    /// From now on it is the caller's.
    func take() -> Result<Grant, LimitRefusal>? {
        isTaken.store(true, ordering: .relaxed)
        return result
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed), case .success(let grant) = result else { return }
        giveBack(grant)
    }
}
