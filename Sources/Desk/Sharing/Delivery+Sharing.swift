import Bus
import DeskProtocol
import Vocabulary

/// Telling what other instances wrote, in the order of the database: before a number that was written here come those below it.
extension Delivery {
    /// From now on hears everything of `workspace`; a process that is alone hears everything anyhow.
    func follow(_ workspace: WorkspaceID) async throws {
        try await shared?.follow(workspace)
    }

    /// Tells the other instances up to where their feeds and receipts must look: one hint for all that was written since the last.
    func ring(_ notes: [Note], by shared: SharedDelivery) {
        var feeds: [WorkspaceID: Int64] = [:]
        var receipts: [WorkspaceID: Int64] = [:]
        for note in notes {
            switch note {
            case .change(let change): feeds[change.conversation.workspace] = change.conversation.version
            case .shop(let shop, let feed, _): feeds[shop.workspace] = feed
            case .receipt(let change): receipts[change.conversation.workspace] = change.number
            default: break
            }
        }
        for (workspace, number) in feeds { shared.bus.ring(.feedMoved(workspace, number)) }
        for (workspace, number) in receipts { shared.bus.ring(.receiptMoved(workspace, number)) }
    }

    /// Tells `news` of this instance in its turn; returns what must be read first.
    func wrote(_ news: FeedNews, with shared: SharedDelivery) -> [SharedDelivery.Look] {
        let verdict = shared.with(news.workspace) { $0.feed.wrote(news, as: news.number) }
        return (verdict == .tell ? tell(news) : []) + looks(feed: verdict, news.workspace)
    }

    func wrote(_ change: ReceiptChange, with shared: SharedDelivery) -> [SharedDelivery.Look] {
        let workspace = change.conversation.workspace
        let verdict = shared.with(workspace) { $0.receipts.wrote(change, as: change.number) }
        if verdict == .tell { distribute(change) }
        return looks(receipts: verdict, workspace)
    }

    func heard(of number: Int64, inFeed workspace: WorkspaceID, _ shared: SharedDelivery) -> [SharedDelivery.Look] {
        looks(feed: shared.with(workspace) { $0.feed.heard(of: number) }, workspace)
    }

    func heard(of number: Int64, inReceipts workspace: WorkspaceID, _ shared: SharedDelivery) -> [SharedDelivery.Look] {
        looks(receipts: shared.with(workspace) { $0.receipts.heard(of: number) }, workspace)
    }

    func found(
        _ found: ForeignNews.Found<FeedNews>, after: Int64, in workspace: WorkspaceID, _ shared: SharedDelivery
    ) -> [SharedDelivery.Look] {
        figures.readForeign()
        let outcome = shared.with(workspace) { followed in
            (followed.feed.told, followed.feed.found(found.items, after: after, whole: found.whole, top: found.top))
        }
        guard let (told, (due, verdict)) = outcome else { return [] }
        // The feed was trimmed beyond where it was told: nobody can be made whole from here.
        if let first = due.first, first.number > told + 1 { resynchronise(workspace) }
        return due.flatMap { tell($0.item) } + looks(feed: verdict, workspace)
    }

    func found(
        _ found: ForeignNews.Found<ReceiptChange>, after: Int64, in workspace: WorkspaceID, _ shared: SharedDelivery
    ) -> [SharedDelivery.Look] {
        figures.readForeign()
        let outcome = shared.with(workspace) { $0.receipts.found(found.items, after: after, whole: found.whole, top: found.top) }
        guard let (due, verdict) = outcome else { return [] }
        for change in due { distribute(change.item) }
        return looks(receipts: verdict, workspace)
    }

    func lookEverywhere(_ shared: SharedDelivery) -> [SharedDelivery.Look] {
        shared.beginLookingEverywhere() ? [.everywhere] : []
    }

    func found(
        tops: [(workspace: WorkspaceID, feed: Int64, receipts: Int64)], _ shared: SharedDelivery
    ) -> [SharedDelivery.Look] {
        let looks = tops.flatMap { top in
            heard(of: top.feed, inFeed: top.workspace, shared) + heard(of: top.receipts, inReceipts: top.workspace, shared)
        }
        return looks + (shared.endLookingEverywhere() ? [.everywhere] : [])
    }

    /// Another instance changed a shop: those of its visitors here who came under another key, or to a shop that is closed now, are judged
    /// anew, with one read for all of them. What was read of the shop may be older than their coming.
    func changed(_ shop: Shop) -> [SharedDelivery.Look] {
        judge(shop.id) { !shop.isActive || $0 != shop.key }
    }

    func judge(_ shop: ShopID, isSuspect: (String) -> Bool = { _ in true }) -> [SharedDelivery.Look] {
        let suspects = registry.visitors(of: shop).filter { $0.shopKey.map(isSuspect) ?? false }
        return suspects.isEmpty ? [] : [.keys(shop, Set(suspects.compactMap(\.shopKey)))]
    }

    func cutOff(_ refused: Set<String>, of shop: ShopID) {
        for visitor in registry.visitors(of: shop) where visitor.shopKey.map(refused.contains) ?? false {
            visitor.end(code: 4410, reason: "shop closed or key replaced")
        }
    }

    private func looks(feed verdict: Following<FeedNews>.Verdict?, _ workspace: WorkspaceID) -> [SharedDelivery.Look] {
        switch verdict {
        case .read(let after): [.feed(workspace, after: after, isLater: false)]
        case .readLater(let after): [.feed(workspace, after: after, isLater: true)]
        case .tell, .nothing, nil: []
        }
    }

    private func looks(receipts verdict: Following<ReceiptChange>.Verdict?, _ workspace: WorkspaceID) -> [SharedDelivery.Look] {
        switch verdict {
        case .read(let after): [.receipts(workspace, after: after, isLater: false)]
        case .readLater(let after): [.receipts(workspace, after: after, isLater: true)]
        case .tell, .nothing, nil: []
        }
    }

    private func resynchronise(_ workspace: WorkspaceID) {
        let frames = [Audience.staff: OutgoingFrame(.resync, for: .staff), .customer: OutgoingFrame(.resync, for: .customer)]
        for subscriber in registry.all where subscriber.principal.workspace == workspace {
            if let frame = frames[subscriber.principal.audience] { subscriber.deliver(frame) }
        }
    }
}

// MARK: Typing

extension Delivery {
    /// Somebody here writes: told here, and by the bus alone to the others.
    func typed(_ typing: Typing) {
        committed(.typing(typing))
        guard let shared, let bell = Bell.Typing(typing) else { return }
        shared.bus.ring(.typing(bell))
    }
}

extension Bell.Typing {
    fileprivate init?(_ typing: Delivery.Typing) {
        let by: Bell.Person
        let name: String
        switch typing.by {
        case .member(let id, let said): (by, name) = (.member(id), said)
        case .customer(let id, let said): (by, name) = (.customer(id), said)
        case .system: return nil
        }
        self.init(
            conversation: typing.conversation, customer: typing.customer, by: by, name: name, isOn: typing.on,
            connection: typing.connection)
    }
}

extension Delivery.Typing {
    /// Nil of nobody in particular.
    init?(_ bell: Bell.Typing) {
        let by: Author
        switch bell.by {
        case .member(let id): by = .member(id, name: bell.name)
        case .customer(let id): by = .customer(id, name: bell.name)
        case .system: return nil
        }
        self.init(conversation: bell.conversation, customer: bell.customer, by: by, on: bell.isOn, connection: bell.connection)
    }
}
