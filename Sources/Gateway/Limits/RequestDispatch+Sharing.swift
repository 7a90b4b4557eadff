import NIOCore
import Relay
import Routing
import Vocabulary

extension RequestDispatch {
    /// Other instances take from the same limits, and what this one has of them does not reach. Bounded in time; a client that leaves
    /// meanwhile takes nothing.
    func askOthers(_ key: GatewayKey, _ estimate: KeyUse, plan: RouteRequest, at now: NIODeadline) -> [DispatchAction] {
        guard let limits = traffic.limits else { return refuse(.limitsUnknown(family), at: now) }
        let (control, clock) = (traffic.control, traffic.clock)
        return ask({ () -> AdmissionTicket in
            AdmissionTicket(await limits.obtain(key, estimate)) { reservation in
                control.settle(reservation, of: key.id, used: nil, at: Health.reading(clock))
            }
        }) { [unowned self] ticket, now in
            if isDraining { return refuse(.stopping(family), at: now) }
            switch ticket.take() {
            case .success(let reservation): return begin(key, reservation, plan: plan, at: now)
            case .failure(let refusal): return refuse(refusal, at: now)
            case nil: return refuse(.limitsUnknown(family), at: now)
            }
        }
    }
}
