import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Vocabulary
import WebServer

/// What was used and paid, as JSON and as a table for other programs.
struct UsageRoutes: Sendable {
    /// Where nobody says from when on.
    private static let standardPeriod = Duration.seconds(30 * 86_400)

    let gateway: GatewayRoom
    let clock: any WallClock

    func add(to group: RouterGroup<RequestScope>) {
        group.get("usage", use: report)
    }

    @Sendable private func report(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember()
        let grouping: UsageGrouping = try request.queryWord("by") ?? .day
        let report = try await gateway.usage.report(by: grouping, of: try period(of: request), in: member.workspace)
        return request.wantsCSV ? .csv(report.csv, name: "usage-by-\(grouping.rawValue).csv") : .json(report.json)
    }

    private func period(of request: Request) throws(Problem) -> UsagePeriod {
        let to = try request.queryTime("to") ?? clock.now() + .milliseconds(1)
        let from = try request.queryTime("from") ?? to - Self.standardPeriod
        guard from <= to else { throw .badQuery("from", "before to") }
        guard let text = request.queryText("zone") else { return UsagePeriod(from: from, to: to) }
        guard let zone = ZoneOffset(text) else { throw .badQuery("zone", "an offset such as +08:00") }
        return UsagePeriod(from: from, to: to, zone: zone.minutes)
    }
}

extension Request {
    /// It names the type; browsers and programs that take anything get JSON.
    fileprivate var wantsCSV: Bool {
        headers[values: .accept].contains { $0.lowercased().contains("text/csv") }
    }
}

extension Response {
    fileprivate static func csv(_ text: String, name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store", .contentDisposition: "attachment; filename=\"\(name)\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
