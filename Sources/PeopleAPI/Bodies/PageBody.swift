import Vocabulary

/// A page of a list: `next` is written even when it is null.
struct PageBody<Item: Encodable>: Encodable {
    private let items: [Item]
    private let next: String?

    init<Element>(_ page: Page<Element>, _ item: (Element) -> Item) {
        items = page.items.map(item)
        next = page.next?.text
    }

    private enum CodingKeys: CodingKey {
        case items, next
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(items, forKey: .items)
        try container.encode(next, forKey: .next)
    }
}
