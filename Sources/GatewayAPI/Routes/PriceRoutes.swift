import Gateway
import Hummingbird
import Vocabulary
import WebServer

/// The price book, and pricing the past anew.
struct PriceRoutes: Sendable {
    let gateway: GatewayRoom
    let clock: any WallClock

    func add(to group: RouterGroup<RequestScope>) {
        group.get("prices", use: list)
        group.post("prices", use: make)
        group.delete("prices/:id", use: delete)
        group.post("prices/rerate", use: rerate)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        return .items(gateway.prices.book(of: member.workspace).entries) { $0.json }
    }

    @Sendable private func make(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let draft = try await request.decode(PriceBody.self, in: context).draft
        return .json(try await gateway.prices.add(draft, by: .member(member)).json, .created)
    }

    @Sendable private func delete(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        try await gateway.prices.remove(context.parameters.get("id") ?? "", by: .member(member))
        return .noContent
    }

    @Sendable private func rerate(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let body = try await request.decode(RerateBody.self, in: context)
        let (from, to) = (body.from.onCalendar, body.to.onCalendar)
        guard from < to else { throw GatewayError.invalid([GatewayFault("to", "range", "Must be after from.")]) }
        let report = try await gateway.usage.rerate(
            from: from, to: to, apply: body.apply ?? false, by: .member(member), at: clock.now())
        return .json(report.json)
    }
}

extension Timestamp {
    /// Within the years 1970 to 9999: what ids of requests can name.
    fileprivate var onCalendar: Timestamp { Timestamp(milliseconds: min(max(milliseconds, 0), 253_402_300_799_999)) }
}
