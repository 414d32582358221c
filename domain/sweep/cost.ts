/** What is billed for each hour that it is there, whoever uses it (AWS pricing pages of each service). What is billed for use or for stored bytes is not listed. */
const byTheHour: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance': 'an EC2 instance',
  'AWS::EC2::NatGateway': 'a NAT gateway',
  'AWS::EC2::EIP': 'an Elastic IP address',
  'AWS::EC2::VPCEndpoint': 'a VPC endpoint',
  'AWS::EC2::VPNConnection': 'a VPN connection',
  'AWS::EC2::TransitGatewayAttachment': 'an attachment to a transit gateway',
  'AWS::AutoScaling::AutoScalingGroup': 'a group of EC2 instances',
  'AWS::ElasticLoadBalancing::LoadBalancer': 'a load balancer',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'a load balancer',
  'AWS::RDS::DBInstance': 'a database instance of RDS',
  'AWS::RDS::DBCluster': 'a database cluster of RDS',
  'AWS::DocDB::DBInstance': 'an instance of DocumentDB',
  'AWS::Neptune::DBInstance': 'an instance of Neptune',
  'AWS::ElastiCache::CacheCluster': 'a cluster of ElastiCache',
  'AWS::ElastiCache::ReplicationGroup': 'a cluster of ElastiCache',
  'AWS::MemoryDB::Cluster': 'a cluster of MemoryDB',
  'AWS::OpenSearchService::Domain': 'a domain of OpenSearch',
  'AWS::Redshift::Cluster': 'a cluster of Redshift',
  'AWS::MSK::Cluster': 'a cluster of MSK',
  'AWS::AmazonMQ::Broker': 'a broker of Amazon MQ',
  'AWS::Kinesis::Stream': 'a stream of Kinesis',
  'AWS::ECS::Service': 'a service of ECS',
  'AWS::EKS::Cluster': 'a cluster of EKS',
  'AWS::SageMaker::Endpoint': 'an endpoint of SageMaker',
  'AWS::SageMaker::NotebookInstance': 'a notebook of SageMaker',
  'AWS::DirectoryService::MicrosoftAD': 'a directory',
  'AWS::Transfer::Server': 'a server of Transfer Family',
  'AWS::ACMPCA::CertificateAuthority': 'a private certificate authority',
  'AWS::NetworkFirewall::Firewall': 'a network firewall',
};

/** What makes a stack cost money while nobody uses it. */
export function costDriver(types: readonly string[]): string {
  const found = [...new Set(types.map((type) => byTheHour[type]).filter((it) => it !== undefined))];
  return found.length === 0 ? 'no resource that bills by the hour' : `what bills by the hour: ${found.join(', ')}`;
}
