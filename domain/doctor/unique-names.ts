/** Within what a name stands for one resource only. */
export type Reach = 'region' | 'account' | 'world';

/**
 * Types of which AWS takes a name only once, with the property that holds it (CloudFormation User Guide, "Name Type", and
 * the pages of the types). Types that are not here are not looked at.
 */
export const uniqueNames: Readonly<Record<string, { readonly property: string; readonly reach?: Reach }>> = {
  'AWS::CloudWatch::Alarm': { property: 'AlarmName' },
  'AWS::CloudWatch::Dashboard': { property: 'DashboardName', reach: 'account' },
  'AWS::CodeBuild::Project': { property: 'Name' },
  'AWS::DynamoDB::GlobalTable': { property: 'TableName' },
  'AWS::DynamoDB::Table': { property: 'TableName' },
  'AWS::ECR::Repository': { property: 'RepositoryName' },
  'AWS::ECS::Cluster': { property: 'ClusterName' },
  'AWS::ElasticLoadBalancingV2::LoadBalancer': { property: 'Name' },
  'AWS::ElasticLoadBalancingV2::TargetGroup': { property: 'Name' },
  'AWS::Events::EventBus': { property: 'Name' },
  'AWS::Events::Rule': { property: 'Name' },
  'AWS::IAM::Group': { property: 'GroupName', reach: 'account' },
  'AWS::IAM::InstanceProfile': { property: 'InstanceProfileName', reach: 'account' },
  'AWS::IAM::ManagedPolicy': { property: 'ManagedPolicyName', reach: 'account' },
  'AWS::IAM::Role': { property: 'RoleName', reach: 'account' },
  'AWS::IAM::User': { property: 'UserName', reach: 'account' },
  'AWS::KMS::Alias': { property: 'AliasName' },
  'AWS::Kinesis::Stream': { property: 'Name' },
  'AWS::KinesisFirehose::DeliveryStream': { property: 'DeliveryStreamName' },
  'AWS::Lambda::Function': { property: 'FunctionName' },
  'AWS::Logs::LogGroup': { property: 'LogGroupName' },
  'AWS::OpenSearchService::Domain': { property: 'DomainName' },
  'AWS::RDS::DBCluster': { property: 'DBClusterIdentifier' },
  'AWS::RDS::DBInstance': { property: 'DBInstanceIdentifier' },
  'AWS::S3::Bucket': { property: 'BucketName', reach: 'world' },
  'AWS::SNS::Topic': { property: 'TopicName' },
  'AWS::SQS::Queue': { property: 'QueueName' },
  'AWS::SSM::Parameter': { property: 'Name' },
  'AWS::SecretsManager::Secret': { property: 'Name' },
  'AWS::Serverless::Function': { property: 'FunctionName' },
  'AWS::Serverless::SimpleTable': { property: 'TableName' },
  'AWS::Serverless::StateMachine': { property: 'Name' },
  'AWS::StepFunctions::StateMachine': { property: 'StateMachineName' },
};
