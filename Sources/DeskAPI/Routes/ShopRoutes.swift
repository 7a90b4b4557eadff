import Desk
import DeskProtocol
import HTTPTypes
import Hummingbird
import Vocabulary
import WebServer

/// Shops: their look, key, origins and staff.
struct ShopRoutes: Sendable {
    let desk: DeskRoom

    func add(to group: RouterGroup<RequestScope>) {
        group.get("shops", use: list)
        group.post("shops", use: make)
        group.get("shops/:id", use: show)
        group.patch("shops/:id", use: change)
        group.post("shops/:id/key", use: replaceKey)
        group.get("shops/:id/staff", use: staff)
        group.put("shops/:id/staff", use: replaceStaff)
    }

    @Sendable private func list(_ request: Request, context: RequestScope) async throws -> Response {
        let page = try await desk.shops.list(
            for: try context.requireMember(), after: try request.pageCursor(), limit: try request.pageLimit())
        let base = context.ownOrigin(of: request) ?? ""
        return .object { writer in
            writer.array("items", page.items) { $1.write(to: &$0, base: base) }
            writer.member("next", page.next?.text)
        }
    }

    @Sendable private func make(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let shop = try await desk.shops.make(try await request.decode(ShopBody.self, in: context).change, by: member)
        return answer(shop, .created, to: request, context)
    }

    @Sendable private func show(_ request: Request, context: RequestScope) async throws -> Response {
        let shop = try await desk.shops.shop(try context.identifier("id"), for: try context.requireMember())
        return answer(shop, to: request, context)
    }

    @Sendable private func change(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let change = try await request.decode(ShopBody.self, in: context).change
        return answer(try await desk.shops.change(try context.identifier("id"), change, by: member), to: request, context)
    }

    @Sendable private func replaceKey(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        return answer(try await desk.shops.replaceKey(of: try context.identifier("id"), by: member), to: request, context)
    }

    @Sendable private func staff(_ request: Request, context: RequestScope) async throws -> Response {
        answer(staff: try await desk.shops.staff(of: try context.identifier("id"), for: try context.requireMember()))
    }

    @Sendable private func replaceStaff(_ request: Request, context: RequestScope) async throws -> Response {
        let member = try context.requireMember(atLeast: .admin)
        let members = try await request.decode(StaffBody.self, in: context).members
        try await desk.shops.replaceStaff(of: try context.identifier("id"), with: members, by: member)
        return answer(staff: members)
    }

    private func answer(_ shop: Shop, _ status: HTTPResponse.Status = .ok, to request: Request, _ context: RequestScope) -> Response {
        .json(bytes: ShopJSON.object(shop, base: context.ownOrigin(of: request) ?? ""), status)
    }

    private func answer(staff: [MemberID]) -> Response {
        .object { writer in writer.array("members", staff) { $0.value($1.description) } }
    }
}

private struct ShopBody: Decodable {
    let name: String?
    let greeting: String?
    let colour: String?
    let language: String?
    let origins: [String]?
    let active: Bool?

    var change: ShopChange {
        ShopChange(name: name, greeting: greeting, colour: colour, language: language, origins: origins, isActive: active)
    }
}

private struct StaffBody: Decodable {
    let members: [MemberID]
}
