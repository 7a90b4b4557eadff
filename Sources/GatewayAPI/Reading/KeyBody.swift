import Gateway
import Vocabulary

/// A key as somebody fills it in, whole or in part.
struct KeyBody: Decodable {
    let change: KeyChange

    private enum CodingKeys: CodingKey {
        case name, scopes, models, expiresAt, requestsPerMinute, tokensPerMinute, concurrency, budgetDay, budgetMonth
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        change = KeyChange(
            name: try fields.given(.name), scopes: try fields.given(.scopes), models: try fields.given(.models),
            expiresAt: try fields.edit(.expiresAt), requestsPerMinute: try fields.edit(.requestsPerMinute),
            tokensPerMinute: try fields.edit(.tokensPerMinute), concurrency: try fields.edit(.concurrency),
            budgetDay: try fields.editMoney(.budgetDay), budgetMonth: try fields.editMoney(.budgetMonth))
    }
}
