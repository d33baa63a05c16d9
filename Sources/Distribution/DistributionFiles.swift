import Foundation

/// The files that this module brings.
public enum DistributionFiles {
  /// Its migration sets.
  public static var migrations: URL { Bundle.module.bundleURL.appendingPathComponent("Migrations") }
}
