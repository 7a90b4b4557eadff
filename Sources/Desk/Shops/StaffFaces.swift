import Storage
import Vocabulary

extension DeskRoom {
    /// Who may answer this customer, as the widget introduces them: at most five, those who serve the shop.
    package func staffFaces(of customer: Customer) async throws -> [MemberCard] {
        let serving = try await database.read { try ShopStore.staff(of: customer.shop, on: $0) }
        let cards = try await directory.members(of: customer.workspace).filter {
            $0.isActive && ($0.role != .agent || serving.contains($0.id))
        }
        return Array(cards.prefix(5))
    }
}
