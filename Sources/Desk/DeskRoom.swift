package import Bus
import DeskProtocol
package import Storage
package import Vocabulary

/// The desk's front: hands out its nouns.
package struct DeskRoom: Sendable {
    package static let schema = DeskSchema.schema

    package let shops: Shops
    package let customers: Customers
    package let conversations: Conversations
    package let inbox: Inbox
    package let search: Search
    package let tickets: Tickets
    /// Random, stored, changed only by a restore: a cursor is valid only within it.
    package let epoch: String
    let database: any Database
    let directory: any MemberDirectory
    let bus: any MessageBus
    let clock: any WallClock
    let delivery: Delivery
    let indexer: SearchIndexer
    private let limits: DeskLimits
    private let sends = Allowances<Principal.Person>(per: .seconds(5))
    private let arrivals = Allowances<AddressBlock>(per: .seconds(60))

    /// - Parameters:
    ///   - epoch: what storage keeps as the database's epoch.
    ///   - sharing: nil for a process that has the database for itself.
    ///   - isOnDuty: whether what one process does for all is this one's: the search's index. Asked before each round of it.
    package init(
        database: any Database, bus: any MessageBus, clock: any WallClock, directory: any MemberDirectory, epoch: String,
        limits: DeskLimits = DeskLimits(), sharing: DeskSharing? = nil, isOnDuty: @escaping @Sendable () -> Bool = { true }
    ) {
        let delivery = Delivery(sharing, database: database, bus: bus)
        let feed = FeedWriter(database: database, clock: clock, delivery: delivery)
        shops = Shops(database: database, bus: bus, clock: clock, directory: directory, delivery: delivery)
        customers = Customers(database: database, clock: clock, feed: feed)
        conversations = Conversations(database: database, feed: feed, directory: directory, epoch: epoch)
        inbox = Inbox(database: database, epoch: epoch)
        search = Search(database: database, epoch: epoch)
        indexer = SearchIndexer(database: database, figures: delivery.figures, isOurs: isOnDuty)
        tickets = Tickets(database: database, clock: clock, directory: directory)
        self.epoch = epoch
        self.limits = limits
        self.database = database
        self.directory = directory
        self.bus = bus
        self.clock = clock
        self.delivery = delivery
    }

    /// Is a member connected who serves this shop?
    package func isAvailable(_ shop: Shop) -> Bool {
        delivery.isAvailable(shop: shop.id, in: shop.workspace)
    }

    /// Is this customer connected?
    package func isOnline(_ customer: CustomerID) -> Bool {
        delivery.registry.isOnline(customer) || delivery.presence?.isPresent(.customer(customer)) ?? false
    }

    /// Counts one send of `principal`, over whatever transport.
    /// - Throws: `DeskError.frame` with `rateLimited`.
    package func admitSend(of principal: Principal) throws(DeskError) {
        let count = principal.audience == .staff ? limits.staffSends : limits.customerSends
        if let wait = sends.take(principal.person, of: count, at: clock.now()) {
            throw .frame(FrameError(.rateLimited, "too many messages at once; try again shortly", retryAfterMilliseconds: wait))
        }
    }

    /// Counts one new visitor from `address`.
    /// - Throws: `DeskError.frame` with `rateLimited`.
    package func admitNewCustomer(from address: String) throws(DeskError) {
        if let wait = arrivals.take(AddressBlock(address), of: limits.newCustomers, at: clock.now()) {
            throw .frame(FrameError(.rateLimited, "too many new visitors from this address", retryAfterMilliseconds: wait))
        }
    }
}
