import Foundation

/// The long form of the suite, which `make soak` runs: 200 moments and races where CI has 8 and 10, and workers under
/// load for as long as SDS_E2E_SOAK says.
enum Soak {
    static let isOn = minutes > 0
    static let minutes = Int(ProcessInfo.processInfo.environment["SDS_E2E_SOAK"] ?? "") ?? 0
}
