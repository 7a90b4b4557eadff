import Desk
import DeskProtocol
import HTTPTypes
import Hummingbird
import Vocabulary
import WebServer

/// The desk for visitors: what the widget's panel asks for.
struct WidgetRoutes: Sendable {
    let desk: DeskRoom

    func add(to group: RouterGroup<RequestScope>) {
        group.get(":shop", use: look)
        group.post(":shop/customers", use: makeCustomer)
        group.get(":shop/customer", use: showCustomer)
        group.patch(":shop/customer", use: changeCustomer)
        group.post(":shop/tickets", use: makeTicket)
        group.get(":shop/conversation", use: open)
        group.get(":shop/conversation/events", use: history)
        group.post(":shop/conversation/events", use: post)
        group.post(":shop/conversation/receipts", use: acknowledge)
    }

    @Sendable private func look(_ request: Request, context: RequestScope) async throws -> Response {
        let shop: Shop
        do {
            shop = try await desk.shop(of: context)
        } catch DeskError.shopUnknown {
            // Told to any page, so that a loader can tell a wrong key from a lost network.
            var problem = DeskError.shopUnknown.problem
            problem.headers[.accessControlAllowOrigin] = "*"
            throw problem
        }
        var response = Response.object { writer in
            writer.member("name", shop.look.name)
            writer.member("greeting", shop.look.greeting)
            writer.member("colour", shop.look.colour)
            writer.member("language", shop.look.language.rawValue)
            writer.member("available", desk.isAvailable(shop))
        }
        // The loader asks from the shop's own page, for the launcher's colour.
        if let origin = request.headers[.origin], shop.allows(origin: origin) { response.headers[.accessControlAllowOrigin] = origin }
        response.headers[.vary] = "origin"
        return response
    }

    @Sendable private func makeCustomer(_ request: Request, context: RequestScope) async throws -> Response {
        let shop = try await desk.shop(of: context)
        let body = try await request.decode(CustomerBody.self, in: context)
        try desk.admitNewCustomer(from: context.clientAddress)
        let (customer, token) = try await desk.customers.make(
            in: shop, name: body.name, email: body.email, page: body.page, origin: request.headers[.origin])
        return .object(.created) { writer in
            writer.object("customer") { writer in
                writer.member("id", customer.id)
                writer.member("name", customer.details.name)
            }
            writer.member("credential", token.text.reveal())
        }
    }

    @Sendable private func showCustomer(_ request: Request, context: RequestScope) async throws -> Response {
        answer(try await desk.visitor(of: request, context))
    }

    @Sendable private func changeCustomer(_ request: Request, context: RequestScope) async throws -> Response {
        let customer = try await desk.visitor(of: request, context)
        let body = try await request.decode(CustomerBody.self, in: context)
        return answer(try await desk.customers.change(customer, name: body.name, email: body.email, page: body.page))
    }

    @Sendable private func makeTicket(_ request: Request, context: RequestScope) async throws -> Response {
        .ticket(try await desk.tickets.make(for: try await desk.visitor(of: request, context)))
    }

    @Sendable private func open(_ request: Request, context: RequestScope) async throws -> Response {
        let customer = try await desk.visitor(of: request, context)
        let snapshot = try await desk.conversations.snapshot(for: customer.principal)
        let staff = try await desk.staffFaces(of: customer)
        return .object { snapshot.write(to: &$0, staff: staff) }
    }

    @Sendable private func history(_ request: Request, context: RequestScope) async throws -> Response {
        let customer = try await desk.visitor(of: request, context)
        return try await desk.history(of: nil, asked: request, by: .customer(customer.principal))
    }

    @Sendable private func post(_ request: Request, context: RequestScope) async throws -> Response {
        let customer = try await desk.visitor(of: request, context)
        return try await desk.post(request, to: nil, by: .customer(customer.principal))
    }

    @Sendable private func acknowledge(_ request: Request, context: RequestScope) async throws -> Response {
        let customer = try await desk.visitor(of: request, context)
        let marks = try await request.fields().watermarks()
        try await desk.conversations.acknowledge(nil, marks, by: .customer(customer.principal))
        return .noContent
    }

    private func answer(_ customer: Customer) -> Response {
        .object { writer in
            writer.member("id", customer.id)
            writer.member("name", customer.details.name)
            writer.member("email", customer.details.email)
        }
    }
}

private struct CustomerBody: Decodable {
    let name: String?
    let email: String?
    let page: String?
}

extension DeskRoom {
    /// The shop that the address names.
    func shop(of context: RequestScope) async throws -> Shop {
        try await shops.shop(key: context.parameters.get("shop") ?? "")
    }

    /// The visitor who presents its credential as `Authorization: Visitor …`.
    func visitor(of request: Request, _ context: RequestScope) async throws -> Customer {
        let shop = try await shop(of: context)
        let parts = (request.headers[.authorization] ?? "").split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let scheme = parts.first, scheme.lowercased() == "visitor", let credential = parts.last else {
            throw DeskError.credentialUnknown
        }
        return try await customers.customer(credential: String(credential), in: shop, origin: request.headers[.origin])
    }
}
