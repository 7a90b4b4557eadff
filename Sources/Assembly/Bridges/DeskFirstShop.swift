import Desk
import DeskAPI
import People
import PeopleAPI
import Vocabulary

/// What set-up needs of shops: made in its transaction, answered as the shop routes would.
struct DeskFirstShop: FirstShopMaking {
    let desk: DeskRoom

    func step(making wish: FirstShopWish, at origin: String) throws -> FoundingStep<[UInt8]> {
        let shops = desk.shops
        return { connection, workspace, _ in
            do {
                let change = ShopChange(name: wish.name, language: wish.language)
                return ShopJSON.object(try shops.makeFirst(in: workspace, change, on: connection), base: origin)
            } catch let error as DeskError {
                throw ShopJSON.problem(error, within: "shop")
            }
        }
    }
}
