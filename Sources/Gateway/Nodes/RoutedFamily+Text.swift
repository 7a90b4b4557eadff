package import Routing

extension RoutedFamily {
    /// As the admin API and the database write it: `anthropic`, `openai`.
    package var text: String {
        switch self {
        case .anthropic: "anthropic"
        case .openAI: "openai"
        }
    }

    package init?(text: String) {
        guard let family = Self.allCases.first(where: { $0.text == text }) else { return nil }
        self = family
    }
}
